/** Functions and their execution environments: when one is started, given work, frozen and ended, and its processes. */
package io.lambdadispatch.local.environment;
