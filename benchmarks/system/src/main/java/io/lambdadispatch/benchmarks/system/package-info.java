/** What the system's benchmarks share: processes, their CPU time, tables and charts. */
package io.lambdadispatch.benchmarks.system;
