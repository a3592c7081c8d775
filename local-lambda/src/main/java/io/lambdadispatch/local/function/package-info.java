/** An invocation and what may come of it: a result, an error in its place, a refusal, limits. */
package io.lambdadispatch.local.function;
