/**
 * Load on a router by users who see exactly what happens to each of their requests. No HTTP client takes part: those send
 * again what failed, and do not tell how an answer ended.
 */
package io.lambdadispatch.it.load;
