package io.lambdadispatch.router.config;

/** How a line of the access log is written. */
public enum AccessLogFormat {
    /** Not at all. */
    OFF,
    /** Apache's combined format, with the router's own figures behind it. */
    COMBINED,
    /** One JSON object. */
    JSON
}
