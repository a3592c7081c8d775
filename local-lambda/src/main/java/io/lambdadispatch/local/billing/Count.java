package io.lambdadispatch.local.billing;

/** What is counted of a function since local-lambda was started. */
public enum Count {
    /** Invokes that were asked for, those refused included; so what a caller did in an outage. Dry runs do not count. */
    ATTEMPTS("attempts"),
    /** Invokes accepted. */
    INVOKES("invokes"),
    /** Environments started. */
    COLD_STARTS("coldStarts"),
    /** Invokes refused with 429, at the concurrency limit or by a fault. */
    THROTTLES("throttles"),
    /** Invokes refused with 500, by a fault. */
    SERVICE_ERRORS("serviceErrors"),
    /** Invokes refused with 403, by a fault. */
    ACCESS_DENIALS("accessDenials"),
    /** Invokes refused with 404, by a fault. */
    NOT_FOUND("notFound"),
    /** Invokes that ended with a function error, time-outs and crashes included. */
    FUNCTION_ERRORS("functionErrors"),
    /** Invokes that ran into the function's time-out. */
    TIMEOUTS("timeouts"),
    /** Environments whose processes ended unasked: by SIGKILL, on demand or by a fault, or on their own. */
    CRASHES("crashes"),
    /** Environments that a fault made hang. */
    HANGS("hangs"),
    /** What AWS would bill, in ms: each invoke rounded up, the init phase of cold ones included. */
    BILLED_MS("billedMs"),
    /** Sum of all init phases, in ms. */
    INIT_MS("initMs");

    private final String jsonName;

    Count(String jsonName) {
        this.jsonName = jsonName;
    }

    String jsonName() {
        return jsonName;
    }
}
