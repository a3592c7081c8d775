package io.lambdadispatch.demo;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Routes that take their time, on the scheduler and not on a thread. */
final class TimedRoutes {
    private static final int DEFAULT_DELAY_MS = 20;
    private static final int DEFAULT_LAST_LINE_MS = 5000;

    private TimedRoutes() {}

    static void delay(Request request, Response response, Callback callback) throws BadQueryException {
        Duration delay = Query.delay(request, DEFAULT_DELAY_MS);
        after(
                delay,
                request,
                () -> Answers.text(HttpStatus.OK_200, "delayed " + delay.toMillis() + " ms\n", response, callback));
    }

    static void chunkedResponse(Request request, Response response, Callback callback) throws BadQueryException {
        Duration delay = Query.delay(request, DEFAULT_LAST_LINE_MS);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain;charset=utf-8");
        Runnable lastLine = () -> response.write(true, line("last line, " + delay.toMillis() + " ms later"), callback);
        response.write(
                false,
                line("first line, at once"),
                Callback.from(() -> after(delay, request, lastLine), callback::failed));
    }

    static void after(Duration delay, Request request, Runnable action) {
        request.getComponents().getScheduler().schedule(action, delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static ByteBuffer line(String text) {
        return ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
