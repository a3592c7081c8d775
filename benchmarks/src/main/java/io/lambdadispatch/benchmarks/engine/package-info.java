/** What the engine costs: JMH on a pool of the router's own, with nothing around it. */
package io.lambdadispatch.benchmarks.engine;
