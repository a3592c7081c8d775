package io.lambdadispatch.benchmarks.system.hop;

import io.lambdadispatch.benchmarks.system.Http;
import io.lambdadispatch.testkit.Await;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Arrays;

/** What is fast because it is wrong is not measured. */
final class HopCheck {
    private static final int PONG_BYTES = 4;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private HopCheck() {}

    /** Fails unless the response is right. A pair whose second hop has yet to connect may refuse a while. */
    static void check(Side side, Workload workload) throws IOException, InterruptedException {
        try {
            checkResponse(side, workload);
        } catch (HttpTimeoutException e) {
            throw new IOException(side.name() + " hangs: no response to " + workload.label() + " within " + LIMIT, e);
        }
    }

    private static void checkResponse(Side side, Workload workload) throws IOException, InterruptedException {
        byte[] body = new byte[workload.bodyBytes()];
        Arrays.fill(body, (byte) 'x');
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + side.port() + workload.path()))
                .timeout(LIMIT);
        if (workload.isEcho()) {
            request.POST(BodyPublishers.ofByteArray(body));
        }
        Await.until(side.name() + " does not respond with 503", () -> {
            side.requireAlive();
            return Http.send(request.build()).statusCode() != 503;
        });
        HttpResponse<byte[]> response = Http.send(request.build());
        boolean whole = workload.isEcho()
                ? Arrays.equals(body, response.body())
                : response.body().length == (workload == Workload.IMAGE ? Workload.IMAGE_BYTES : PONG_BYTES);
        if (response.statusCode() != 200 || !whole) {
            throw new IOException(side.name() + " responds to " + workload.path() + " with status "
                    + response.statusCode() + " and " + response.body().length + " bytes");
        }
    }
}
