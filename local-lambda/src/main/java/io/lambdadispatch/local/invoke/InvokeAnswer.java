package io.lambdadispatch.local.invoke;

import io.lambdadispatch.local.config.FunctionName;
import io.lambdadispatch.local.function.Refusal;
import io.lambdadispatch.local.http.Json;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * The refusals of the Invoke API, in the form that AWS SDKs turn into exceptions.
 *
 * <p>Follows <a href="https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors">Invoke,
 * Errors</a>.
 *
 * @param status HTTP status
 * @param type name of the exception
 * @param body JSON
 */
public record InvokeAnswer(int status, String type, ByteBuffer body) {
    private static final String USER = "User";

    static InvokeAnswer functionNotFound(FunctionName function) {
        return user(HttpStatus.NOT_FOUND_404, "ResourceNotFoundException", "Function not found: " + function.arn());
    }

    public static InvokeAnswer unknownPath() {
        return user(HttpStatus.NOT_FOUND_404, "UnknownOperationException", "local-lambda knows Invoke only");
    }

    static InvokeAnswer invalidName(String name) {
        return user(
                HttpStatus.BAD_REQUEST_400,
                "ValidationException",
                "1 validation error detected: Value '" + name
                        + "' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern");
    }

    static InvokeAnswer invalidParameter(String message) {
        return user(HttpStatus.BAD_REQUEST_400, "InvalidParameterValueException", message);
    }

    static InvokeAnswer notJson(String fault) {
        return user(
                HttpStatus.BAD_REQUEST_400,
                "InvalidRequestContentException",
                "Could not parse request body into json: " + fault);
    }

    static InvokeAnswer tooLarge(int limit) {
        return user(
                HttpStatus.PAYLOAD_TOO_LARGE_413,
                "RequestTooLargeException",
                "Request must be smaller than " + limit + " bytes for the InvokeFunction operation");
    }

    static InvokeAnswer refused(Refusal refusal, FunctionName function) {
        return switch (refusal) {
            case NOT_FOUND -> functionNotFound(function);
            case ACCESS_DENIED -> accessDenied(function);
            case SERVICE_ERROR -> serviceError();
            default -> throttled(refusal.awsName());
        };
    }

    private static InvokeAnswer throttled(String reason) {
        ByteBuffer body = Json.object(json -> {
            json.writeStringField("Reason", reason);
            json.writeStringField("Type", USER);
            json.writeStringField("message", "Rate Exceeded.");
        });
        return new InvokeAnswer(HttpStatus.TOO_MANY_REQUESTS_429, "TooManyRequestsException", body);
    }

    /** Comes from AWS's access management, before Lambda itself, and so without a type in its body. */
    private static InvokeAnswer accessDenied(FunctionName function) {
        ByteBuffer body = Json.object(json -> json.writeStringField(
                "Message",
                "User: arn:aws:iam::" + FunctionName.ACCOUNT + ":user/local is not authorized to perform: "
                        + "lambda:InvokeFunction on resource: " + function.arn()
                        + " because no identity-based policy allows the lambda:InvokeFunction action"));
        return new InvokeAnswer(HttpStatus.FORBIDDEN_403, Refusal.ACCESS_DENIED.awsName(), body);
    }

    private static InvokeAnswer serviceError() {
        ByteBuffer body = Json.object(json -> {
            json.writeStringField("Type", "Service");
            json.writeStringField("Message", "The AWS Lambda service encountered an internal error.");
        });
        return new InvokeAnswer(HttpStatus.INTERNAL_SERVER_ERROR_500, Refusal.SERVICE_ERROR.awsName(), body);
    }

    private static InvokeAnswer user(int status, String type, String message) {
        ByteBuffer body = Json.object(json -> {
            json.writeStringField("Type", USER);
            json.writeStringField("Message", message);
        });
        return new InvokeAnswer(status, type, body);
    }

    public void send(Response response, Callback callback) {
        response.setStatus(status);
        response.getHeaders().put("x-amzn-ErrorType", type);
        if (status == HttpStatus.TOO_MANY_REQUESTS_429) {
            response.getHeaders().put(HttpHeader.RETRY_AFTER, 1);
        }
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.remaining());
        response.write(true, body, callback);
    }
}
