package io.lambdadispatch.client.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.client.DelimitedResponse;
import io.lambdadispatch.client.app.MemoryApp;
import io.lambdadispatch.client.app.Origin;
import io.lambdadispatch.client.io.StoppedClock;
import io.lambdadispatch.client.router.ControlRequests;
import io.lambdadispatch.client.router.InvokeClock;
import io.lambdadispatch.client.router.RouterConnection;
import io.lambdadispatch.protocol.ExitReason;
import io.lambdadispatch.protocol.FieldNames;
import io.lambdadispatch.protocol.InvokeRequest;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.impl.BasicEntityDetails;
import org.apache.hc.core5.http.message.BasicHttpResponse;
import org.apache.hc.core5.http.nio.DataStreamChannel;
import org.apache.hc.core5.net.URIAuthority;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests in one channel, cut anywhere: in memory, with an app that responds when the last byte is there. */
@SuppressWarnings("StringConcatToTextBlock") // Text blocks have no CR LF.
class ReusedChannelTest {
    private static final List<String> REQUESTS = List.of(
            "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n",
            "POST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nfirst",
            "PUT /3 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nsec\r\n3\r\nond\r\n0\r\nA: b\r\n\r\n",
            "POST /4 HTTP/1.1\r\nHost: h\r\n\r\n",
            "HEAD /5 HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");

    private static final List<String> BODIES = List.of("", "first", "second", "", "");

    private final RecordedStream stream = new RecordedStream();
    private final CountedOwner owner = new CountedOwner();
    private MemoryApp app;
    private Channel channel;

    @BeforeEach
    void begin() throws Exception {
        app = new MemoryApp();
        ControlRequests control = new ControlRequests(
                new InvokeRequest(null, "lambda-1", "http://h:1", 1, Instant.EPOCH, false, null, null),
                "http",
                new URIAuthority("h", 1),
                new InvokeClock(new StoppedClock(), 0),
                0);
        ExchangeContext context = ExchangeContext.of(control, new Origin("default", "lambda-1"), app.pool(), false);
        channel = new Channel("channel-1", new RouterConnection(null, null, null), context, owner);
        BasicHttpResponse parked = new BasicHttpResponse(200);
        parked.addHeader(FieldNames.CHANNEL_FRAMING, FieldNames.CHUNKED);
        parked.addHeader(FieldNames.CHANNEL_REUSE, "1");
        channel.produce(stream);
        channel.consumeResponse(parked, new BasicEntityDetails(-1, null), null);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @AfterEach
    void end() {
        app.close();
    }

    @Test
    void requestsMayBeCutAtEveryByte() throws Exception {
        int rounds = 0;
        for (int i = 0; i < REQUESTS.size(); i++) {
            String request = REQUESTS.get(i);
            for (int at = 1; at < request.length(); at++) {
                exchange(i, List.of(request.substring(0, at), request.substring(at)));
                rounds++;
            }
        }
        assertEquals(rounds, owner.served);
    }

    @Test
    void requestsMayBeCutAnywhereOften() throws Exception {
        Random random = new Random(7);
        for (int round = 0; round < 2_000; round++) {
            int i = random.nextInt(REQUESTS.size());
            List<String> pieces = new ArrayList<>();
            String rest = REQUESTS.get(i);
            while (!rest.isEmpty()) {
                int size = 1 + random.nextInt(Math.min(rest.length(), 1 + random.nextInt(40)));
                pieces.add(rest.substring(0, size));
                rest = rest.substring(size);
            }
            exchange(i, pieces);
        }
        assertEquals(2_000, owner.served);
    }

    private void exchange(int i, List<String> pieces) throws Exception {
        for (String piece : pieces) {
            channel.consume(bytes(piece));
        }
        String request = app.takeRequest();
        assertTrue(request.startsWith(REQUESTS.get(i).substring(0, 10)), request);
        assertEquals(BODIES.get(i), bodyOf(request), request);
        boolean isChunked = owner.served % 2 == 0;
        app.says(
                isChunked
                        ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                        : "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n");
        boolean isToHead = request.startsWith("HEAD");
        if (!isToHead) {
            app.says(isChunked ? "4\r\nbody\r\n0\r\n\r\n" : "body");
        }
        DelimitedResponse response = DelimitedResponse.at(stream.taken(), 0, isToHead);
        assertEquals(isToHead ? "" : "body", response.body());
        assertEquals(stream.taken().length(), response.end());
        stream.bytes.reset();
        assertEquals(0, owner.inFlight);
    }

    private static String bodyOf(String request) {
        int at = request.indexOf("\r\n\r\n") + 4;
        if (!request.substring(0, at).contains("\r\nTransfer-Encoding: chunked\r\n")) {
            return request.substring(at);
        }
        // Chunks are read as a response's are.
        return DelimitedResponse.at(
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + request.substring(at), 0, false)
                .body();
    }

    private static final class RecordedStream implements DataStreamChannel {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        String taken() {
            return bytes.toString(StandardCharsets.ISO_8859_1);
        }

        @Override
        public void requestOutput() {}

        @Override
        public int write(ByteBuffer src) {
            byte[] taken = new byte[src.remaining()];
            src.get(taken);
            bytes.writeBytes(taken);
            return taken.length;
        }

        @Override
        public void endStream() {
            throw new AssertionError("the channel stays");
        }

        @Override
        public void endStream(List<? extends Header> trailers) {
            endStream();
        }
    }

    /** Hears of nothing but requests that are served. */
    private static final class CountedOwner implements Channel.Owner {
        private int inFlight;
        private int served;

        @Override
        public void channelUp(Channel channel) {}

        @Override
        public void requestBegan(Channel channel) {
            inFlight++;
        }

        @Override
        public void requestServed(Channel channel) {
            inFlight--;
            served++;
        }

        @Override
        public void requestEnded(Channel channel) {
            throw new AssertionError("the channel stays");
        }

        @Override
        public void channelLost(Channel channel, Exception cause) {
            throw new AssertionError(cause);
        }

        @Override
        public void channelReleased(Channel channel) {}

        @Override
        public void routerStatus(Channel channel, int status) {}

        @Override
        public void goAway(Channel channel) {}

        @Override
        public void problem(ExitReason reason) {
            throw new AssertionError(reason);
        }

        @Override
        public void appGone() {}
    }
}
