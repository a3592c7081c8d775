package io.lambdadispatch.local.function;

import io.lambdadispatch.local.http.Json;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/**
 * The errors that Lambda reports in a function's place, worded as Lambda words them.
 *
 * <p>Follows
 * <a href="https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html">Troubleshoot invocation</a>.
 */
public final class FunctionErrors {
    private static final int SIGNALLED = 128;
    private static final Map<Integer, String> SIGNALS = Map.of(
            1,
            "hangup",
            2,
            "interrupt",
            3,
            "quit",
            6,
            "aborted",
            9,
            "killed",
            11,
            "segmentation fault",
            15,
            "terminated");

    private FunctionErrors() {}

    public static InvokeResult timedOut(Invocation invocation, Duration timeout) {
        String seconds = String.format(Locale.ROOT, "%.2f", timeout.toMillis() / 1000.0);
        return of(invocation, "Sandbox.Timedout", "Task timed out after " + seconds + " seconds");
    }

    public static InvokeResult exited(Invocation invocation, int exitValue) {
        return of(invocation, "Runtime.ExitError", reason(exitValue));
    }

    public static InvokeResult killed(Invocation invocation) {
        return exited(invocation, SIGNALLED + 9);
    }

    public static InvokeResult asAsked(Invocation invocation) {
        return of(invocation, "LocalLambda.Fault", "this function is to fail, as asked of local-lambda");
    }

    public static InvokeResult notStarted(Invocation invocation, String why) {
        return of(invocation, "Runtime.InvalidEntrypoint", why);
    }

    public static InvokeResult answerTooLarge(int limit) {
        return unhandled(
                "Function.ResponseSizeTooLarge",
                "Response payload size exceeded maximum allowed payload size (" + limit + " bytes).");
    }

    public static InvokeResult shutDown(Invocation invocation) {
        return of(invocation, "Sandbox.Failure", "local-lambda is shutting down");
    }

    private static String reason(int exitValue) {
        if (exitValue == 0) {
            return "Runtime exited without providing a reason";
        }
        String signal = SIGNALS.get(exitValue - SIGNALLED);
        return "Runtime exited with error: " + (signal == null ? "exit status " + exitValue : "signal: " + signal);
    }

    private static InvokeResult of(Invocation invocation, String type, String message) {
        return unhandled(type, "RequestId: " + invocation.requestId() + " Error: " + message);
    }

    private static InvokeResult unhandled(String type, String message) {
        return InvokeResult.error(
                Json.object(json -> {
                    json.writeStringField("errorType", type);
                    json.writeStringField("errorMessage", message);
                }),
                InvokeResult.UNHANDLED);
    }
}
