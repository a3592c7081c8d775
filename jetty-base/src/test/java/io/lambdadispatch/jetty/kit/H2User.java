package io.lambdadispatch.jetty.kit;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.frames.GoAwayFrame;

/** A user on one HTTP/2 connection. */
public final class H2User implements AutoCloseable {
    private final Session session;
    private final String scheme;
    private final int port;
    private volatile boolean isToldToGoAway;

    private H2User(int port, boolean tls) {
        this.session = Peer.connect(port, tls, new Peer.Listener() {
            @Override
            public void onGoAway(Session ending, GoAwayFrame frame) {
                isToldToGoAway = true;
                super.onGoAway(ending, frame);
            }
        });
        this.scheme = tls ? "https" : "http";
        this.port = port;
    }

    /** With prior knowledge. */
    public static H2User h2c(int port) {
        return new H2User(port, false);
    }

    /** By ALPN. */
    public static H2User tls(int port) {
        return new H2User(port, true);
    }

    /** Sends a request that is its head. */
    public H2Stream get(String target) {
        return request("GET", target, HttpFields.build(), true);
    }

    /**
     * Sends a request's head.
     *
     * @param ends whether that was all of it
     */
    public H2Stream request(String method, String target, HttpFields fields, boolean ends) {
        HttpURI uri = HttpURI.from(scheme, "127.0.0.1", port, target);
        return H2Stream.open(session, new MetaData.Request(method, uri, HttpVersion.HTTP_2, fields, -1), ends);
    }

    /** Whether the router wants no new requests on this connection. */
    public boolean isToldToGoAway() {
        return isToldToGoAway;
    }

    /** Is gone, with all streams. */
    public void die() {
        ((HTTP2Session) session).getEndPoint().close();
    }

    @Override
    public void close() {
        die();
    }
}
