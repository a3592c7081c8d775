package io.lambdadispatch.client.channel;

import io.lambdadispatch.client.app.AppRequestHead;
import io.lambdadispatch.client.router.RouterConnection;
import io.lambdadispatch.protocol.ExitReason;
import io.lambdadispatch.protocol.FieldNames;
import io.lambdadispatch.protocol.HeadReader;
import io.lambdadispatch.protocol.HeadWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.impl.BasicEntityDetails;
import org.apache.hc.core5.http.nio.AsyncClientExchangeHandler;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.apache.hc.core5.http.nio.DataStreamChannel;
import org.apache.hc.core5.http.nio.RequestChannel;
import org.apache.hc.core5.http.protocol.HttpContext;

/**
 * One channel: an HTTP/2 stream whose response brings users' requests and whose request takes the responses back, one after the other where
 * the router has agreed to that, else a single one. Confined to the reactor thread, but for {@link #stop}.
 */
public final class Channel implements AsyncClientExchangeHandler {
    /**
     * <pre>
     *                    ┌──────── both messages whole ◀───┐   (a channel that is used again)
     *                    ▼                                 │
     * OPENING ──200──▶ PARKED ──first byte──▶ SERVING ─────┴─response sent──▶ ANSWERED
     *    └───────────────┴───────────────────────┴──────── reset, lost ──▶ CLOSED
     * </pre>
     * ANSWERED may still have the rest of the request coming in, which is passed on or thrown away.
     */
    private enum State {
        OPENING,
        PARKED,
        SERVING,
        ANSWERED,
        CLOSED
    }

    /** Hears of all channels of an invoke, on the reactor thread. */
    public interface Owner {
        void channelUp(Channel channel);

        void requestBegan(Channel channel);

        /** The request is served, and the channel waits for the next one. */
        void requestServed(Channel channel);

        /** The response is sent, or the exchange has failed: this channel is used up. */
        void requestEnded(Channel channel);

        /** The channel ended before a request came. */
        void channelLost(Channel channel, Exception cause);

        /** Its stream is over in both directions; told once, last. */
        void channelReleased(Channel channel);

        /** The router refused the channel. */
        void routerStatus(Channel channel, int status);

        void goAway(Channel channel);

        /** Something went wrong that does not end the invoke, but is worth telling at its end. */
        void problem(ExitReason reason);

        /** Nobody listens on the app's port any more. */
        void appGone();
    }

    private static final EntityDetails OPEN_BODY = new BasicEntityDetails(-1, null);

    private final String id;
    private final RouterConnection connection;
    private final ExchangeContext context;
    private final Owner owner;
    private final ChannelOutput output;
    private final RequestCredit credit;
    private final HeadReader headReader;
    private final HeadWriter appHead;
    private State state = State.OPENING;
    private ChannelExchange exchange;
    private boolean routerFrames;
    private boolean reusable;
    private boolean hasServed;
    private boolean resetPending;
    private boolean released;
    private volatile DataStreamChannel stream;
    private volatile boolean stopRequested;

    public Channel(String id, RouterConnection connection, ExchangeContext context, Owner owner) {
        this.id = id;
        this.connection = connection;
        this.context = context;
        this.owner = owner;
        this.output = new ChannelOutput(context.staging());
        this.credit = new RequestCredit(context.windows());
        this.headReader = new HeadReader(context.maxHeadBytes());
        this.appHead = AppRequestHead.writer(context.maxHeadBytes());
    }

    String id() {
        return id;
    }

    public RouterConnection connection() {
        return connection;
    }

    ChannelOutput output() {
        return output;
    }

    HeadReader headReader() {
        return headReader;
    }

    /** Where the head for the app is written, of one request after the other. */
    HeadWriter appHead() {
        return appHead;
    }

    /** Whether each request says itself where it ends. */
    boolean routerFrames() {
        return routerFrames;
    }

    /** Whether the router sends one request after the other, and each response says itself where it ends. */
    boolean isReusable() {
        return reusable;
    }

    /** Whether no other request is to come: then the end of the response is the end of the stream. */
    boolean isStopping() {
        return stopRequested;
    }

    /** Closes the channel unless a request has come; from any thread. */
    public void stop() {
        stopRequested = true;
        requestOutput();
    }

    private void requestOutput() {
        DataStreamChannel open = stream;
        if (open != null) {
            open.requestOutput();
        }
    }

    @Override
    public void produceRequest(RequestChannel channel, HttpContext httpContext) throws HttpException, IOException {
        channel.sendRequest(context.control().channel(id), OPEN_BODY, httpContext);
    }

    @Override
    public void consumeResponse(HttpResponse response, EntityDetails body, HttpContext httpContext) {
        if (state != State.OPENING) {
            return;
        }
        if (response.getCode() != 200) {
            reset();
            owner.routerStatus(this, response.getCode());
            return;
        }
        Header framing = response.getFirstHeader(FieldNames.CHANNEL_FRAMING);
        routerFrames = framing != null && FieldNames.CHUNKED.equalsIgnoreCase(framing.getValue());
        Header reuse = response.getFirstHeader(FieldNames.CHANNEL_REUSE);
        reusable = routerFrames && reuse != null && reuse.getValue().equals("1");
        state = State.PARKED;
        owner.channelUp(this);
        if (body == null) {
            streamEnd(null);
        }
    }

    @Override
    public void consume(ByteBuffer src) throws IOException {
        do {
            if (state == State.PARKED && src.hasRemaining()) {
                state = State.SERVING;
                output.begin();
                credit.begin();
                exchange = new ChannelExchange(this, context, owner);
                owner.requestBegan(this);
            }
            if (exchange == null || state == State.CLOSED) {
                earn(src.remaining());
                return;
            }
            credit.came(src.remaining());
            exchange.requestData(src);
        } while (state == State.PARKED && src.hasRemaining());
    }

    @Override
    public void streamEnd(List<? extends Header> trailers) {
        credit.close();
        switch (state) {
            case OPENING, PARKED -> endParked();
            case SERVING, ANSWERED -> exchange.requestStreamEnded();
            case CLOSED -> {}
        }
    }

    /**
     * No request is to come any more. A channel that has served some is ended in order, for a reset could overtake what the router has not
     * yet passed on of the last response, to a slow user.
     */
    private void endParked() {
        if (hasServed) {
            try {
                stream.endStream();
            } catch (IOException e) {
                failed(e);
                return;
            }
            state = State.CLOSED;
            credit.close();
        } else {
            reset();
        }
        owner.channelLost(this, null);
    }

    /** So many bytes of the request need no memory any more. */
    void earn(int bytes) {
        try {
            credit.earn(bytes);
        } catch (IOException e) {
            failed(e);
        }
    }

    @Override
    public void updateCapacity(CapacityChannel capacity) throws IOException {
        credit.runsLow(capacity);
    }

    @Override
    public int available() {
        return resetPending ? 1 : output.unsentBytes();
    }

    @Override
    public void produce(DataStreamChannel open) throws IOException {
        if (stream == null) {
            stream = open;
            output.attach(open, connection.turns());
        }
        if (stopRequested && (state == State.OPENING || state == State.PARKED)) {
            endParked();
        }
        if (resetPending) {
            resetPending = false;
            throwUnchecked(new ProtocolException("channel " + id + " is given up"));
        }
        if (exchange != null) {
            exchange.streamIsWritable();
        }
    }

    /**
     * HttpCore offers a client no way to reset a stream by itself, except that it does so for a {@code ProtocolException},
     * which this method's signature does not allow.
     */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Exception> void throwUnchecked(Exception e) throws E {
        throw (E) e;
    }

    /** Asks to be asked for output, for the event after this one. */
    void wakeUp() {
        requestOutput();
    }

    /** Request and response were whole, and the router may send the next request. */
    void parkAgain() {
        if (state == State.SERVING) {
            state = State.PARKED;
            exchange = null;
            hasServed = true;
            headReader.reset();
            owner.requestServed(this);
        }
    }

    /** The response has been handed to the connection whole, and is the last one. */
    void answered() {
        if (state == State.SERVING) {
            state = State.ANSWERED;
            owner.requestEnded(this);
        }
    }

    /** The exchange has failed in a way that the user must not take for a proper end. */
    void resetExchange() {
        if (state == State.SERVING) {
            reset();
            owner.requestEnded(this);
        }
    }

    /** The router said to stop, inside this channel. */
    void goAway() {
        if (state == State.SERVING) {
            reset();
            owner.goAway(this);
        }
    }

    private void reset() {
        state = State.CLOSED;
        credit.close();
        resetPending = true;
        requestOutput();
    }

    @Override
    public void failed(Exception cause) {
        State before = state;
        state = State.CLOSED;
        credit.close();
        if (exchange != null) {
            exchange.streamFailed();
        }
        switch (before) {
            case OPENING, PARKED -> owner.channelLost(this, cause);
            case SERVING -> owner.requestEnded(this);
            case ANSWERED, CLOSED -> {}
        }
    }

    @Override
    public void cancel() {
        failed(null);
    }

    @Override
    public void releaseResources() {
        if (state != State.ANSWERED && state != State.CLOSED) {
            failed(null);
        }
        credit.close();
        if (!released) {
            released = true;
            owner.channelReleased(this);
        }
    }

    @Override
    public void consumeInformation(HttpResponse response, HttpContext httpContext) {}

    @Override
    public String toString() {
        return "Channel[" + id + ' ' + state + (exchange == null ? "" : " " + exchange) + ']';
    }
}
