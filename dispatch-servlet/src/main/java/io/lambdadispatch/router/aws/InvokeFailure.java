package io.lambdadispatch.router.aws;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.lambdadispatch.router.engine.InvokeOutcome.Failed;
import io.lambdadispatch.router.engine.InvokeOutcome.Reason;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.lambda.model.InvokeResponse;

/**
 * Says in the engine's terms why an invoke failed.
 *
 * @see <a href="https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors">Errors of Invoke</a>
 */
final class InvokeFailure {
    private static final JsonFactory JSON = new JsonFactory();

    /** A function's error may hold a stack trace of megabytes, and all of this may be logged. */
    private static final int LONGEST_QUOTE = 500;

    private InvokeFailure() {}

    /** The SDK's exception, on its own or as the cause of others. */
    static Failed of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RequiredCredentials.MissingException) {
                return new Failed(Reason.ACCESS_DENIED, "no AWS credentials: " + quote(cause.getMessage()));
            }
            if (cause instanceof AwsServiceException answer) {
                return ofAnswer(answer);
            }
            if (cause instanceof SdkException) {
                return new Failed(Reason.UNREACHABLE, "AWS Lambda cannot be reached: " + chain(cause));
            }
            if (cause instanceof RejectedExecutionException) {
                return new Failed(Reason.OTHER, "not invoked: the router is stopping");
            }
        }
        return new Failed(Reason.OTHER, "not invoked: " + chain(failure));
    }

    private static Failed ofAnswer(AwsServiceException answer) {
        AwsErrorDetails details = answer.awsErrorDetails();
        String said = details == null
                ? quote(answer.getMessage())
                : details.errorCode() + ": " + quote(details.errorMessage()) + " (request " + answer.requestId() + ')';
        return new Failed(reason(answer), "AWS Lambda answered " + answer.statusCode() + ' ' + said);
    }

    private static Reason reason(AwsServiceException answer) {
        int status = answer.statusCode();
        return switch (status) {
            case 401, 403 -> Reason.ACCESS_DENIED;
            case 404 -> Reason.NOT_FOUND;
            case 429 -> Reason.THROTTLED;
            default -> status >= 500 ? Reason.UNREACHABLE : Reason.OTHER;
        };
    }

    /** A function error: the invoke was answered 200, and the payload is the runtime's JSON about the error. */
    static Failed ofFunction(InvokeResponse response) {
        String type = null;
        String message = null;
        try (JsonParser json = JSON.createParser(bytes(response))) {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                json.nextToken();
                switch (name) {
                    case "errorType" -> type = json.getValueAsString();
                    case "errorMessage" -> message = json.getValueAsString();
                    default -> json.skipChildren();
                }
            }
        } catch (IOException e) {
            // A custom runtime may send anything; the text itself is told then.
        }
        String said = message != null ? message : text(response);
        return new Failed(
                Reason.FUNCTION_ERROR,
                "function error (" + response.functionError() + "): " + (type == null ? "" : type + ": ")
                        + quote(said));
    }

    /** The function ran and answered, but what it runs is not our client. */
    static Failed ofForeignAnswer(InvokeResponse response) {
        return new Failed(
                Reason.OTHER, "the function did not answer as a Lambda Dispatch client: " + quote(text(response)));
    }

    private static byte[] bytes(InvokeResponse response) {
        SdkBytes payload = response.payload();
        return payload == null ? new byte[0] : payload.asByteArrayUnsafe();
    }

    private static String text(InvokeResponse response) {
        return new String(bytes(response), java.nio.charset.StandardCharsets.UTF_8);
    }

    /** The messages of an exception and its causes; the SDK's own often says less than what it wraps. */
    private static String chain(Throwable failure) {
        StringBuilder said = new StringBuilder();
        String last = null;
        for (Throwable cause = failure; cause != null && said.length() < LONGEST_QUOTE; cause = cause.getCause()) {
            String message = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
            if (last == null || !last.contains(message)) {
                said.append(last == null ? "" : ": ").append(message);
                last = message;
            }
        }
        return quote(said.toString());
    }

    private static String quote(String text) {
        if (text == null) {
            return "";
        }
        String line = text.replaceAll("\\s+", " ").strip();
        return line.length() <= LONGEST_QUOTE ? line : line.substring(0, LONGEST_QUOTE) + '…';
    }
}
