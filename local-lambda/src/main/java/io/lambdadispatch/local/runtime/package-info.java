/**
 * The Runtime and Extensions APIs: what runtimes inside ask and answer.
 * Whose they are is behind {@link io.lambdadispatch.local.runtime.Sandbox}.
 */
package io.lambdadispatch.local.runtime;
