package io.lambdadispatch.jetty.kit;

import io.lambdadispatch.protocol.FieldNames;
import io.lambdadispatch.protocol.InvokeRequest;
import io.lambdadispatch.testkit.Await;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.io.EndPoint;

/** An instance on one HTTP/2 connection to the router's control port, which does what the test says. */
public final class ScriptedInstance implements AutoCloseable {
    private final FakeLambda.Invoke invoke;
    private final URI router;
    private final Session session;

    private ScriptedInstance(FakeLambda.Invoke invoke) {
        this.invoke = invoke;
        this.router = URI.create(invoke.request().dispatcherUrl());
        this.session = Peer.connect(router.getPort(), isTls(), new Peer.Listener());
    }

    /** Calls back, without opening a channel. */
    public static ScriptedInstance of(FakeLambda.Invoke invoke) {
        return new ScriptedInstance(invoke);
    }

    private boolean isTls() {
        return router.getScheme().equals("https");
    }

    /** What started it. */
    public FakeLambda.Invoke invoke() {
        return invoke;
    }

    /** Its id. */
    public String id() {
        return invoke.request().id();
    }

    /** Opens a channel and waits until it is parked. */
    public ScriptedChannel open() {
        return open(fields());
    }

    /** Opens a channel with these fields and waits until it is parked. */
    public ScriptedChannel open(HttpFields fields) {
        ScriptedChannel channel = new ScriptedChannel(this, openStream(fields));
        if (channel.stream().status() != 200) {
            throw new AssertionError("channel refused: " + channel.stream().status());
        }
        return channel;
    }

    /** Opens channels and waits until all are parked. */
    public List<ScriptedChannel> open(int count) {
        List<CompletableFuture<H2Stream>> opening = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            opening.add(H2Stream.openLater(session, request("POST", channelPath(), fields())));
        }
        List<ScriptedChannel> channels = new ArrayList<>();
        for (CompletableFuture<H2Stream> stream : opening) {
            channels.add(new ScriptedChannel(this, Await.value(stream)));
        }
        for (ScriptedChannel channel : channels) {
            if (channel.stream().status() != 200) {
                throw new AssertionError("channel refused: " + channel.stream().status());
            }
        }
        return channels;
    }

    private String channelPath() {
        return "/api/chunked/request/" + id() + '/' + UUID.randomUUID();
    }

    /** A channel request with other fields than the right ones. */
    public H2Stream openStream(HttpFields fields) {
        return send("POST", channelPath(), fields, false);
    }

    /** Any request on the control port. */
    public H2Stream send(String method, String path, HttpFields fields, boolean ends) {
        return H2Stream.open(session, request(method, path, fields), ends);
    }

    private MetaData.Request request(String method, String path, HttpFields fields) {
        HttpURI uri = HttpURI.from(router.getScheme(), router.getHost(), router.getPort(), path);
        return new MetaData.Request(method, uri, HttpVersion.HTTP_2, fields, -1);
    }

    /** The fields of every control request, to be changed. */
    public HttpFields.Mutable fields() {
        InvokeRequest request = invoke.request();
        return HttpFields.build()
                .put(FieldNames.POOL_ID, request.poolIdOrDefault())
                .put(FieldNames.LAMBDA_ID, request.id())
                .put(FieldNames.CHANNEL_TOKEN, request.channelToken());
    }

    /** The same, from a client that understands chunks where a request's end cannot be told otherwise, as ours does. */
    public HttpFields.Mutable framedFields() {
        return fields().put(FieldNames.CHANNEL_FRAMING, FieldNames.CHUNKED);
    }

    /** Opens a channel that takes one request after the other, and waits until it is parked. */
    public ScriptedChannel openReusable() {
        ScriptedChannel channel = open(framedFields().put(FieldNames.CHANNEL_REUSE, "1"));
        if (!channel.isReusable()) {
            throw new AssertionError(
                    "reuse was not confirmed: " + channel.stream().fields());
        }
        return channel;
    }

    /** Pings; the router's status. */
    public int ping() {
        return send("GET", "/api/chunked/ping/" + id(), fields(), true).status();
    }

    /** Says that it is about to leave; the router's status. */
    public int sayClose() {
        return send("GET", "/api/chunked/close/" + id(), fields(), true).status();
    }

    /** Whether the router has closed its connection, or said that it will. */
    public boolean isDismissed() {
        return session.isClosed();
    }

    /** Its process is killed: the connection is gone without a word. */
    public void die() {
        EndPoint endPoint = ((HTTP2Session) session).getEndPoint();
        try {
            if (endPoint.getTransport() instanceof SocketChannel socket) {
                socket.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
        } catch (IOException e) {
            // Then it closes without a reset.
        }
        endPoint.close();
    }

    /** Its connection is closed in an orderly way, but for HTTP/2's goodbye. */
    @Override
    public void close() {
        ((HTTP2Session) session).getEndPoint().close();
    }
}
