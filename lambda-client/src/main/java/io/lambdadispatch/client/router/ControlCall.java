package io.lambdadispatch.client.router;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.IntConsumer;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.nio.AsyncClientExchangeHandler;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.apache.hc.core5.http.nio.DataStreamChannel;
import org.apache.hc.core5.http.nio.RequestChannel;
import org.apache.hc.core5.http.protocol.HttpContext;

/**
 * A control request without a body, of whose answer only the status and the end count. Each is told exactly once, in this
 * order, on the reactor thread.
 */
public final class ControlCall implements AsyncClientExchangeHandler {
    /** Instead of a status: the connection or the stream ended first. */
    public static final int NO_ANSWER = 0;

    private final HttpRequest request;
    private final IntConsumer answered;
    private final Runnable ended;
    private boolean told;
    private boolean toldEnd;

    public ControlCall(HttpRequest request, IntConsumer answered, Runnable ended) {
        this.request = request;
        this.answered = answered;
        this.ended = ended;
    }

    private void tell(int status) {
        if (!told) {
            told = true;
            answered.accept(status);
        }
    }

    private void tellEnd() {
        tell(NO_ANSWER);
        if (!toldEnd) {
            toldEnd = true;
            ended.run();
        }
    }

    @Override
    public void produceRequest(RequestChannel channel, HttpContext context) throws HttpException, IOException {
        channel.sendRequest(request, null, context);
    }

    @Override
    public void consumeResponse(HttpResponse response, EntityDetails entity, HttpContext context) {
        tell(response.getCode());
        if (entity == null) {
            tellEnd();
        }
    }

    @Override
    public void failed(Exception cause) {
        tellEnd();
    }

    @Override
    public void cancel() {
        tellEnd();
    }

    @Override
    public void releaseResources() {
        tellEnd();
    }

    @Override
    public int available() {
        return 0;
    }

    @Override
    public void produce(DataStreamChannel channel) {}

    @Override
    public void consumeInformation(HttpResponse response, HttpContext context) {}

    @Override
    public void updateCapacity(CapacityChannel channel) {}

    @Override
    public void consume(ByteBuffer src) {}

    @Override
    public void streamEnd(List<? extends Header> trailers) {
        tellEnd();
    }
}
