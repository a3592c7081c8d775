package io.lambdadispatch.local.runtime;

import io.lambdadispatch.local.config.FunctionName;
import io.lambdadispatch.local.http.Json;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * A short answer to a runtime, in the form of the Runtime API's {@code StatusResponse} and {@code ErrorResponse}.
 *
 * @param status HTTP status
 * @param body JSON
 */
record RuntimeApiAnswer(int status, ByteBuffer body) {
    static RuntimeApiAnswer accepted() {
        return new RuntimeApiAnswer(
                HttpStatus.ACCEPTED_202, Json.object(json -> json.writeStringField("status", "OK")));
    }

    /** To an extension; of what AWS tells, the name and version of the function. */
    static RuntimeApiAnswer registered(String function) {
        return new RuntimeApiAnswer(HttpStatus.OK_200, Json.object(json -> {
            json.writeStringField("functionName", function);
            json.writeStringField("functionVersion", FunctionName.LATEST);
        }));
    }

    static RuntimeApiAnswer unknownInvocation() {
        return error(HttpStatus.BAD_REQUEST_400, "InvalidRequestID", "Invalid request ID");
    }

    static RuntimeApiAnswer forbidden(String type, String message) {
        return error(HttpStatus.FORBIDDEN_403, type, message);
    }

    static RuntimeApiAnswer tooLarge(int limit) {
        return error(
                HttpStatus.PAYLOAD_TOO_LARGE_413,
                "RequestEntityTooLarge",
                "Exceeded maximum allowed payload size (" + limit + " bytes).");
    }

    static RuntimeApiAnswer notFound() {
        return error(HttpStatus.NOT_FOUND_404, "NotFound", "no such path in the Runtime API of this environment");
    }

    private static RuntimeApiAnswer error(int status, String type, String message) {
        return new RuntimeApiAnswer(status, Json.object(json -> {
            json.writeStringField("errorType", type);
            json.writeStringField("errorMessage", message);
        }));
    }

    void send(Response response, Callback callback) {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.remaining());
        response.write(true, body, callback);
    }
}
