/**
 * The engine on a virtual clock: simulated users in front of the router's own pool, planners and fleet, and a simulated AWS
 * Lambda behind them; beside it Lambda as it dispatches by itself. Everything runs on one thread, and the same seed gives the
 * same result.
 */
package io.lambdadispatch.benchmarks.scale;
