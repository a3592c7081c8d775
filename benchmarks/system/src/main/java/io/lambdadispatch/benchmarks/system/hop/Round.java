package io.lambdadispatch.benchmarks.system.hop;

/**
 * What one round of load on one side has shown.
 *
 * @param errors requests that failed: connection, read, write, time-out, or a status from 400 on
 * @param cpuMicros of the side's own processes, a request
 */
record Round(double requestsPerSecond, double p50Millis, double p99Millis, long errors, double cpuMicros) {}
