package io.lambdadispatch.local.function;

/**
 * Sizes in bytes, as in <a href="https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html">Lambda
 * quotas</a>, "Invocation payload".
 */
public final class InvokeLimits {
    /** What a caller that waits for the answer may send: 6 MB. */
    public static final int PAYLOAD_BYTES = 6_291_456;

    /** What a caller that does not wait may send: 1 MB. */
    public static final int EVENT_BYTES = 1_048_576;

    /** What a function may answer: 6 MB and a little for Lambda's own envelope. */
    public static final int ANSWER_BYTES = 6_291_556;

    private InvokeLimits() {}
}
