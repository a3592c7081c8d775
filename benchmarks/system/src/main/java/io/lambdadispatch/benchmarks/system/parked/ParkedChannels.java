package io.lambdadispatch.benchmarks.system.parked;

import io.lambdadispatch.protocol.FieldNames;
import io.lambdadispatch.protocol.InvokeRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.SettingsFrame;

/** Instances that have opened all their channels and ping each five seconds, as clients do. */
final class ParkedChannels implements AutoCloseable {
    private static final long PING_S = 5;
    private static final long LONGEST_WAIT_S = 180;

    private final HTTP2Client client = new HTTP2Client();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

    ParkedChannels() throws Exception {
        client.setIdleTimeout(-1);
        client.setStreamIdleTimeout(-1);
        client.start();
    }

    /** The instance that this invoke starts, on one connection; returns when all its channels are parked. */
    void open(InvokeRequest invoke) throws InterruptedException, ExecutionException, TimeoutException {
        URI router = URI.create(invoke.dispatcherUrl());
        CompletableFuture<Void> settled = new CompletableFuture<>();
        Session session = client.connect(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), router.getPort()),
                        new Session.Listener() {
                            @Override
                            public void onSettings(Session session, SettingsFrame frame) {
                                settled.complete(null);
                            }
                        })
                .get(LONGEST_WAIT_S, TimeUnit.SECONDS);
        // A stream opened at the very moment when the peer's settings come may get its window wrong (Jetty 12.1).
        settled.get(LONGEST_WAIT_S, TimeUnit.SECONDS);
        List<CompletableFuture<Integer>> parked = new ArrayList<>();
        for (int i = 0; i < invoke.numberOfChannels(); i++) {
            parked.add(send(
                    session,
                    router,
                    invoke,
                    "POST",
                    "request",
                    '/' + UUID.randomUUID().toString()));
        }
        for (CompletableFuture<Integer> channel : parked) {
            int status = channel.get(LONGEST_WAIT_S, TimeUnit.SECONDS);
            if (status != 200) {
                throw new IllegalStateException("a channel was refused with status " + status);
            }
        }
        var unused = clock.scheduleAtFixedRate(() -> ping(session, router, invoke), PING_S, PING_S, TimeUnit.SECONDS);
    }

    /** When it fails, the router finds out, and shows fewer channels. */
    private static void ping(Session session, URI router, InvokeRequest invoke) {
        CompletableFuture<Integer> unused = send(session, router, invoke, "GET", "ping", "");
    }

    /** A control request; the answer's status. Those that are no GET stay open. */
    private static CompletableFuture<Integer> send(
            Session session, URI router, InvokeRequest invoke, String method, String what, String more) {
        HttpFields fields = HttpFields.build()
                .put(FieldNames.POOL_ID, invoke.poolIdOrDefault())
                .put(FieldNames.LAMBDA_ID, invoke.id())
                .put(FieldNames.CHANNEL_TOKEN, invoke.channelToken())
                .asImmutable();
        HttpURI uri = HttpURI.from(
                router.getScheme(),
                router.getHost(),
                router.getPort(),
                "/api/chunked/" + what + '/' + invoke.id() + more);
        MetaData.Request request = new MetaData.Request(method, uri, HttpVersion.HTTP_2, fields, -1);
        CompletableFuture<Integer> status = new CompletableFuture<>();
        boolean ends = method.equals("GET");
        CompletableFuture<Stream> unused = session.newStream(
                        new HeadersFrame(request, null, ends), new Stream.Listener() {
                            @Override
                            public void onHeaders(Stream stream, HeadersFrame frame) {
                                if (frame.getMetaData() instanceof MetaData.Response head) {
                                    status.complete(head.getStatus());
                                }
                            }
                        })
                .whenComplete((stream, failure) -> {
                    if (failure != null) {
                        status.completeExceptionally(failure);
                    }
                });
        return status;
    }

    @Override
    public void close() throws Exception {
        clock.shutdownNow();
        client.stop();
    }
}
