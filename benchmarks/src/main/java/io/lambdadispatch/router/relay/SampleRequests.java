package io.lambdadispatch.router.relay;

/** Records of requests as the relay makes them; in its package, because nobody else may make any. */
public final class SampleRequests {
    private static final String TRACE = "Root=1-67891233-abcdef012345678912345678";
    private static final String INSTANCE = "b7940e3e-5416-4b38-af4c-da738e880bbc";
    private static final int BODY_BYTES = 4;

    private SampleRequests() {}

    /** One that found an instance at once, was answered by a few bytes, and is told to the listener. */
    public static void serve(String pool, RequestHead request, RequestListener listener) {
        RequestRecord record = new RequestRecord(pool, request, TRACE, false, listener);
        record.assigned(INSTANCE, "17", false);
        record.responseBegins(200);
        record.addResponseBytes(BODY_BYTES);
        record.end(RequestOutcome.COMPLETED);
        listener.ended(record);
    }
}
