package io.lambdadispatch.local;

import java.nio.ByteBuffer;

/**
 * How one invoke ended.
 *
 * @param payload what the function, or Lambda in its place, answered; never changed after
 * @param functionError {@code null} when all went well, else the value of {@code X-Amz-Function-Error}
 */
record InvokeResult(ByteBuffer payload, String functionError) {
    static final String UNHANDLED = "Unhandled";

    static InvokeResult success(ByteBuffer payload) {
        return new InvokeResult(payload, null);
    }

    static InvokeResult error(ByteBuffer payload, String kind) {
        return new InvokeResult(payload, kind);
    }

    boolean failed() {
        return functionError != null;
    }
}
