/** Requests as spans of OpenTelemetry, where an agent or an SDK is there to record them. */
package io.lambdadispatch.router.tracing;
