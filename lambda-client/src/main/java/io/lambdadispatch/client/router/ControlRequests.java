package io.lambdadispatch.client.router;

import io.lambdadispatch.protocol.ControlPath;
import io.lambdadispatch.protocol.FieldNames;
import io.lambdadispatch.protocol.InvokeRequest;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.apache.hc.core5.net.URIAuthority;

/** Makes the requests of one invoke to the router, each with what proves who sends it. Thread-safe. */
public final class ControlRequests {
    private final String scheme;
    private final URIAuthority authority;
    private final String poolId;
    private final String lambdaId;
    private final String token;
    private final InvokeClock clock;
    private final String leavesAt;

    /** @param leaveAt when the instance leaves at the latest, on the ticker's clock */
    public ControlRequests(
            InvokeRequest invoke, String scheme, URIAuthority authority, InvokeClock clock, long leaveAt) {
        this.scheme = scheme;
        this.authority = authority;
        this.poolId = invoke.poolIdOrDefault();
        this.lambdaId = invoke.id();
        this.token = invoke.channelToken();
        this.clock = clock;
        // One text for all channels of the invoke: HTTP/2 then sends it once.
        this.leavesAt = Long.toString(clock.millisAt(leaveAt));
    }

    /** Whether it is a router of this project that sent the invoke: the reference's sends no token. */
    public boolean hasToken() {
        return token != null;
    }

    /** {@code POST} that opens a channel; its body is the response to come. */
    public HttpRequest channel(String channelId) {
        HttpRequest request = request("POST", ControlPath.Action.REQUEST, channelId);
        request.addHeader(FieldNames.CHANNEL_ID, channelId);
        request.addHeader("Content-Type", "application/octet-stream");
        request.addHeader(FieldNames.CHANNEL_FRAMING, FieldNames.CHUNKED);
        request.addHeader(FieldNames.CHANNEL_REUSE, "1");
        request.addHeader(FieldNames.LAMBDA_DEADLINE, leavesAt);
        return request;
    }

    public HttpRequest ping() {
        return request("GET", ControlPath.Action.PING, null);
    }

    public HttpRequest close() {
        return request("GET", ControlPath.Action.CLOSE, null);
    }

    private HttpRequest request(String method, ControlPath.Action action, String channelId) {
        String path = new ControlPath(action, null, lambdaId, channelId).toPath();
        HttpRequest request = new BasicHttpRequest(method, scheme, authority, path);
        request.addHeader(FieldNames.POOL_ID, poolId);
        request.addHeader(FieldNames.LAMBDA_ID, lambdaId);
        request.addHeader("Date", clock.date());
        if (token != null) {
            request.addHeader(FieldNames.CHANNEL_TOKEN, token);
        }
        return request;
    }
}
