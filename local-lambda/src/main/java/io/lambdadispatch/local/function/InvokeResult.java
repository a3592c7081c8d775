package io.lambdadispatch.local.function;

import java.nio.ByteBuffer;

/**
 * How one invoke ended.
 *
 * @param payload what the function, or Lambda in its place, answered; never changed after
 * @param functionError {@code null} when all went well, else the value of {@code X-Amz-Function-Error}
 */
public record InvokeResult(ByteBuffer payload, String functionError) {
    public static final String UNHANDLED = "Unhandled";

    public static InvokeResult success(ByteBuffer payload) {
        return new InvokeResult(payload, null);
    }

    public static InvokeResult error(ByteBuffer payload, String kind) {
        return new InvokeResult(payload, kind);
    }

    public boolean failed() {
        return functionError != null;
    }
}
