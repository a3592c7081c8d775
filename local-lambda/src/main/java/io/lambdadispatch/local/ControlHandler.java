package io.lambdadispatch.local;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** What AWS has not: health, the meter, and environments killed on demand. Whatever is left is answered with 404. */
final class ControlHandler extends Handler.Abstract.NonBlocking {
    private static final Pattern KILL = Pattern.compile("/local-lambda/environments/([^/]+)/kill");

    private final LocalLambda lambda;

    ControlHandler(LocalLambda lambda) {
        this.lambda = lambda;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        String path = Request.getPathInContext(request);
        String method = request.getMethod();
        Matcher kill = KILL.matcher(path);
        if (method.equals("GET") && path.equals("/health")) {
            answer(HttpStatus.OK_200, "text/plain", StandardCharsets.UTF_8.encode("OK"), response, callback);
        } else if (method.equals("GET") && path.equals("/local-lambda/stats")) {
            answer(HttpStatus.OK_200, "application/json", lambda.stats().toJson(), response, callback);
        } else if (method.equals("POST") && kill.matches()) {
            kill(kill.group(1), response, callback);
        } else {
            InvokeAnswer.unknownPath().send(response, callback);
        }
        return true;
    }

    private void kill(String id, Response response, Callback callback) {
        boolean known = lambda.kill(id);
        ByteBuffer body = Json.object(json -> {
            json.writeStringField("id", id);
            json.writeBooleanField("killed", known);
        });
        answer(known ? HttpStatus.OK_200 : HttpStatus.NOT_FOUND_404, "application/json", body, response, callback);
    }

    private static void answer(int status, String type, ByteBuffer body, Response response, Callback callback) {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, type).put(HttpHeader.CONTENT_LENGTH, body.remaining());
        response.write(true, body, callback);
    }
}
