/** A burst of users before the router, and before Lambda's own dispatching: waiting, environments, the bill. */
package io.lambdadispatch.benchmarks.system.burst;
