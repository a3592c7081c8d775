/** What the way through router and client costs, beside the proxies that people know. */
package io.lambdadispatch.benchmarks.system.hop;
