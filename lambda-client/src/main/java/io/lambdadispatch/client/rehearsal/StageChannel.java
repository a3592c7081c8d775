package io.lambdadispatch.client.rehearsal;

import io.lambdadispatch.protocol.ControlPath;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.impl.BasicEntityDetails;
import org.apache.hc.core5.http.message.BasicHttpResponse;
import org.apache.hc.core5.http.nio.AsyncServerExchangeHandler;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.apache.hc.core5.http.nio.DataStreamChannel;
import org.apache.hc.core5.http.nio.ResponseChannel;
import org.apache.hc.core5.http.protocol.HttpContext;

/** A stream at the {@link StageRouter}: a channel, which gets a request at once, or another control request. */
final class StageChannel implements AsyncServerExchangeHandler {
    private static final String GO_AWAY = "GET " + ControlPath.GOAWAY_TARGET + " HTTP/1.1\r\n\r\n";

    private final StageRouter router;
    private ByteBuffer toSend;

    StageChannel(StageRouter router) {
        this.router = router;
    }

    @Override
    public void handleRequest(HttpRequest request, EntityDetails body, ResponseChannel response, HttpContext context)
            throws HttpException, IOException {
        boolean isChannel = ControlPath.parse(request.getPath()).orElseThrow().action() == ControlPath.Action.REQUEST;
        response.sendResponse(new BasicHttpResponse(200), isChannel ? new BasicEntityDetails(-1, null) : null, context);
        if (isChannel) {
            router.channelOpened();
            String next = router.nextRequest();
            toSend = ByteBuffer.wrap((next == null ? GO_AWAY : next).getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    @Override
    public int available() {
        return toSend == null ? 0 : toSend.remaining();
    }

    @Override
    public void produce(DataStreamChannel channel) throws IOException {
        if (toSend != null) {
            channel.write(toSend);
            if (!toSend.hasRemaining()) {
                toSend = null;
                channel.endStream();
            }
        }
    }

    @Override
    public void updateCapacity(CapacityChannel channel) throws IOException {
        channel.update(Integer.MAX_VALUE);
    }

    @Override
    public void consume(ByteBuffer src) {
        src.position(src.limit());
    }

    @Override
    public void streamEnd(List<? extends Header> trailers) {}

    @Override
    public void failed(Exception cause) {}

    @Override
    public void releaseResources() {}
}
