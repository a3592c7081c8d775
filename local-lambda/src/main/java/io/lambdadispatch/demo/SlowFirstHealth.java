package io.lambdadispatch.demo;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * {@code /health} of an app that is slow to get ready: its initialization begins with the first health check, and all
 * checks wait for the end of it.
 */
final class SlowFirstHealth implements Route.Action {
    private final Duration initSleep;
    private long readyNanos;
    private boolean begun;

    SlowFirstHealth(Duration initSleep) {
        this.initSleep = initSleep;
    }

    @Override
    public void answer(Request request, Response response, Callback callback) {
        long wait = nanosUntilReady();
        if (wait <= 0) {
            ok(response, callback);
        } else {
            request.getComponents().getScheduler().schedule(() -> ok(response, callback), wait, TimeUnit.NANOSECONDS);
        }
    }

    private synchronized long nanosUntilReady() {
        if (!begun) {
            begun = true;
            readyNanos = System.nanoTime() + initSleep.toNanos();
        }
        return readyNanos - System.nanoTime();
    }

    private static void ok(Response response, Callback callback) {
        Answers.text(HttpStatus.OK_200, "OK", response, callback);
    }
}
