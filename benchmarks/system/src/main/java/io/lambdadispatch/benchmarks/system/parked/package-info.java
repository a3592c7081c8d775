/** What it costs the router to wait: parked users and parked channels. */
package io.lambdadispatch.benchmarks.system.parked;
