package io.lambdadispatch.client.channel;

import io.lambdadispatch.client.app.AppConnection;
import io.lambdadispatch.client.app.AppExchange;
import io.lambdadispatch.client.app.AppRequestHead;
import io.lambdadispatch.client.channel.ChannelResponseHead.Coding;
import io.lambdadispatch.protocol.ControlPath;
import io.lambdadispatch.protocol.ExitReason;
import io.lambdadispatch.protocol.Head;
import io.lambdadispatch.protocol.HeadReader;
import io.lambdadispatch.protocol.HeadTooLargeException;
import io.lambdadispatch.protocol.ProtocolException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Set;

/**
 * One user's request on its way from a channel to the app, and the answer on its way back; both at the same time, the slow
 * end setting the pace. Confined to the reactor thread.
 */
final class ChannelExchange implements AppExchange {
    /**
     * <pre>
     * HEAD ──▶ BODY ──▶ COMPLETE
     *   └───────┴──▶ DISCARDING     (nobody wants the rest)
     * </pre>
     */
    private enum Request {
        HEAD,
        BODY,
        COMPLETE,
        DISCARDING
    }

    /**
     * <pre>
     * NOT_STARTED ──▶ STREAMING ──▶ ENDING ──▶ SENT
     *      └──────────────┴────────────┴──▶ BROKEN
     * </pre>
     */
    private enum Response {
        NOT_STARTED,
        STREAMING,
        ENDING,
        SENT,
        BROKEN
    }

    private static final Set<String> USUALLY_WITH_BODY = Set.of("POST", "PUT", "PATCH");

    private final Channel channel;
    private final ExchangeContext context;
    private final Channel.Owner owner;
    private final ChannelOutput output;
    private final HeadReader headReader;

    /** No other exchange follows in this channel, so that the end of the response is the end of the stream. */
    private boolean last;

    private Request request = Request.HEAD;
    private Response response = Response.NOT_STARTED;
    private RequestFraming framing;
    private AppRequestHead appHead;
    private AppConnection app;
    private GzipStream gzip;

    /** {@code null} when nobody would read it. */
    private ExchangeLog log;

    ChannelExchange(Channel channel, ExchangeContext context, Channel.Owner owner) {
        this.channel = channel;
        this.context = context;
        this.owner = owner;
        this.output = channel.output();
        this.headReader = channel.headReader();
        this.last = !channel.isReusable();
    }

    // The request: from the channel to the app.

    void requestData(ByteBuffer in) {
        int size = in.remaining();
        try {
            if (request == Request.HEAD) {
                readHead(in);
                channel.earn(size - in.remaining());
            }
            if (request == Request.BODY) {
                readBody(in);
            }
            refuseMore(in);
        } catch (HeadTooLargeException e) {
            refuseHead(e);
        } catch (ProtocolException e) {
            malformed();
        }
        if (isOver()) {
            // What is left in the buffer is the next request's.
            return;
        }
        if (in.hasRemaining()) {
            channel.earn(in.remaining());
            in.position(in.limit());
        }
        if (app != null) {
            app.flush();
        }
    }

    /** Only when its response is complete may another request follow. */
    private void refuseMore(ByteBuffer in) throws ProtocolException {
        boolean isWhole = request == Request.COMPLETE || (request == Request.BODY && framing.isComplete());
        if (isWhole && in.hasRemaining() && (last || response != Response.SENT)) {
            throw new ProtocolException("bytes behind the end of a request");
        }
    }

    private void readHead(ByteBuffer in) throws ProtocolException {
        if (!headReader.read(in)) {
            return;
        }
        Head head = headReader.head();
        if (head.target().equals(ControlPath.GOAWAY_TARGET)) {
            request = Request.DISCARDING;
            response = Response.BROKEN;
            channel.goAway();
            return;
        }
        log = ExchangeLog.of(head, context.control().hasToken(), channel.id());
        tell("begins");
        framing = new RequestFraming(head, channel.routerFrames());
        request = Request.BODY;
        if (framing.kind() != RequestFraming.Kind.UNDECIDED) {
            callApp();
        } else if (USUALLY_WITH_BODY.contains(head.method())) {
            // The end of the stream may come with this very frame, and would mean that there is no body.
            channel.wakeUp();
        }
    }

    private void tell(String step) {
        if (log != null) {
            log.tell(step);
        }
    }

    private void callApp() throws ProtocolException {
        try {
            appHead = AppRequestHead.of(
                    headReader.head(), framing.length(), context.origin(), channel.id(), channel.appHead());
            app = context.app().begin(this, appHead);
            tell("given to the app");
        } catch (HeadTooLargeException e) {
            // With what this side adds to it; the rest of the request can be read all the same.
            refuseHead(e);
        }
        completeIfWhole();
    }

    private void refuseHead(HeadTooLargeException e) {
        respond(431, "Request Header Fields Too Large", e.getMessage());
    }

    private void readBody(ByteBuffer in) throws ProtocolException {
        if (framing.kind() == RequestFraming.Kind.UNDECIDED) {
            if (!in.hasRemaining()) {
                return;
            }
            framing.decideForBody();
            callApp();
        }
        while (in.hasRemaining() && !framing.isComplete()) {
            int before = in.remaining();
            ByteBuffer data = framing.next(in);
            refuseMore(in);
            int size = data.remaining();
            channel.earn(before - in.remaining() - size);
            if (size > 0 && app != null) {
                app.write(data);
            } else {
                channel.earn(size);
            }
        }
        completeIfWhole();
    }

    private void completeIfWhole() {
        if (request == Request.BODY && framing.isComplete()) {
            request = Request.COMPLETE;
            if (app != null) {
                app.endRequest();
            }
            parkIfOver();
        }
    }

    private boolean isOver() {
        return !last && request == Request.COMPLETE && response == Response.SENT;
    }

    private void parkIfOver() {
        if (isOver()) {
            app = null;
            channel.parkAgain();
        }
    }

    /** The router has ended its side of the stream. */
    void requestStreamEnded() {
        try {
            switch (request) {
                case HEAD -> malformed();
                case BODY -> endOfRawBody();
                case COMPLETE, DISCARDING -> {}
            }
            endStreamToo();
        } catch (ProtocolException e) {
            malformed();
        } catch (IOException e) {
            breakOff();
        }
        if (app != null) {
            app.flush();
        }
    }

    private void endStreamToo() throws IOException {
        if (!last) {
            last = true;
            if (response == Response.ENDING) {
                output.endStream();
                noteIfSent();
            }
        }
    }

    private void endOfRawBody() throws ProtocolException {
        switch (framing.kind()) {
            case UNDECIDED -> {
                framing.decideForNone();
                callApp();
            }
            case UNTIL_END -> {
                request = Request.COMPLETE;
                app.endRequest();
            }
            case NONE, LENGTH, CHUNKED -> throw new ProtocolException("request body is cut short");
        }
    }

    /** What came is no proper request, or only a part of it: the app must not take it for a whole one. */
    private void malformed() {
        request = Request.DISCARDING;
        boolean answered = response == Response.SENT || response == Response.ENDING;
        abandonApp();
        if (!answered) {
            owner.problem(ExitReason.CHANNEL_ERROR_OTHER);
            breakOff();
        } else if (!last) {
            // Nobody knows where the next request begins.
            breakOff();
        }
    }

    @Override
    public void requestTaken(int bytes) {
        channel.earn(bytes);
    }

    // The response: from the app to the channel.

    @Override
    public void responseStarted(Head head, int status, long length) {
        Coding coding = context.compression() ? codingOf(status, head, length) : Coding.UNTOUCHED;
        try {
            boolean framed = channel.isReusable() && (coding == Coding.GZIPPED || length < 0);
            context.responseHead().write(head, status, coding, framed, channel.id(), output);
            if (framed) {
                output.frameBody();
            }
            response = Response.STREAMING;
            if (log != null) {
                log.tell("answer " + status + " begins");
            }
            gzip = coding == Coding.GZIPPED ? new GzipStream() : null;
        } catch (ProtocolException e) {
            abandonApp();
            badGateway(
                    "the app's response head cannot be passed on: " + e.getMessage(), ExitReason.APP_CONNECTION_ERROR);
        } catch (IOException e) {
            breakOff();
        }
    }

    private Coding codingOf(int status, Head head, long length) {
        if (status == 304) {
            String tag = head.first("ETag");
            String known = headReader.head().first("If-None-Match");
            return tag != null && known != null && known.contains("W/" + tag) ? Coding.KNOWN_GZIPPED : Coding.UNTOUCHED;
        }
        boolean suits = GzipPolicy.suits(status, head, length);
        boolean gzipped = !appHead.isHeadMethod()
                && switch (GzipPolicy.acceptance(headReader.head())) {
                    case NO -> false;
                    case YES -> suits;
                    case INSISTS -> suits || GzipPolicy.mustSuit(status, head, length);
                };
        return gzipped ? Coding.GZIPPED : suits ? Coding.COULD_BE_GZIPPED : Coding.UNTOUCHED;
    }

    @Override
    public void responseData(ByteBuffer data) {
        if (response != Response.STREAMING) {
            data.position(data.limit());
            return;
        }
        try {
            if (gzip != null) {
                gzip.write(data, output);
            } else {
                output.write(data);
            }
        } catch (IOException e) {
            breakOff();
        }
    }

    @Override
    public void responseFlush() {
        try {
            if (response == Response.STREAMING) {
                output.flush();
            }
        } catch (IOException e) {
            breakOff();
        }
    }

    @Override
    public boolean wantsMore() {
        return !output.isBlocked();
    }

    @Override
    public void responseEnded() {
        if (response != Response.STREAMING) {
            return;
        }
        if (request == Request.COMPLETE) {
            // The connection may carry somebody else's request from now on.
            app = null;
        }
        try {
            if (gzip != null) {
                gzip.end(output);
            }
            endResponse();
        } catch (IOException e) {
            breakOff();
        }
    }

    private void endResponse() throws IOException {
        response = Response.ENDING;
        // Of a request that nobody understands nobody knows the end.
        last |= request == Request.DISCARDING || channel.isStopping();
        output.end(last);
        noteIfSent();
    }

    private void noteIfSent() {
        if (response == Response.ENDING && output.isEndSent()) {
            response = Response.SENT;
            tell("answered");
            if (last) {
                channel.answered();
            } else {
                parkIfOver();
            }
        }
    }

    /** The stream takes more, or this exchange asked to be called once more. */
    void streamIsWritable() throws IOException {
        if (request == Request.BODY && framing.kind() == RequestFraming.Kind.UNDECIDED) {
            beginWithoutKnowing();
        }
        if (response == Response.STREAMING || response == Response.ENDING) {
            boolean goesOn = output.drain();
            noteIfSent();
            if (goesOn && app != null) {
                app.resume();
            }
        }
    }

    /** The router has not ended its side yet, so there is a body, as far as anybody can tell. */
    private void beginWithoutKnowing() {
        try {
            if (USUALLY_WITH_BODY.contains(headReader.head().method())) {
                framing.decideForBody();
                callApp();
                if (app != null) {
                    app.flush();
                }
            }
        } catch (ProtocolException e) {
            malformed();
        }
    }

    // What goes wrong.

    @Override
    public void failed(Failure failure) {
        if (response == Response.STREAMING) {
            owner.problem(ExitReason.APP_CONNECTION_CLOSED);
            context.app().whenGone(owner::appGone);
            breakOff();
        } else if (failure == Failure.CLOSED_BEFORE_HEAD && app.mayBeStale() && appHead.isIdempotent()) {
            retryOnFreshConnection();
        } else {
            switch (failure) {
                case REFUSED -> {
                    badGateway("the app refuses connections", ExitReason.APP_CONNECTION_ERROR);
                    owner.appGone();
                }
                case UNREACHABLE -> badGateway("the app cannot be reached", ExitReason.APP_CONNECTION_ERROR);
                case CLOSED_BEFORE_HEAD -> {
                    badGateway("the app closed the connection without an answer", ExitReason.APP_CONNECTION_CLOSED);
                    context.app().whenGone(owner::appGone);
                }
                case MALFORMED_HEAD ->
                    badGateway("the app's answer is no HTTP response", ExitReason.APP_CONNECTION_ERROR);
                case BROKEN -> breakOff();
            }
        }
    }

    /** The app has closed a connection that it had kept alive, most likely before it knew of this request. */
    private void retryOnFreshConnection() {
        app = context.app().beginFresh(this, appHead);
        if (request == Request.COMPLETE) {
            app.endRequest();
        }
        app.flush();
    }

    private void badGateway(String why, ExitReason reason) {
        owner.problem(reason);
        respond(502, "Bad Gateway", why);
    }

    private void respond(int status, String reason, String text) {
        boolean knowsHead = request != Request.HEAD;
        // What is still to come of a request that says itself where it ends can be read to its end.
        if (!knowsHead || (last && request == Request.BODY)) {
            request = Request.DISCARDING;
        }
        try {
            boolean withBody = !knowsHead || !headReader.head().method().equals("HEAD");
            context.responseHead().writeOwn(status, reason, text, withBody, channel.id(), output);
            endResponse();
        } catch (IOException e) {
            breakOff();
        }
    }

    /** Ends the exchange so that nobody takes it for complete. */
    private void breakOff() {
        tell("broken off");
        response = Response.BROKEN;
        output.drop();
        request = Request.DISCARDING;
        abandonApp();
        channel.resetExchange();
    }

    /** The stream is gone: the user has left, the router has died, or this side gave up. */
    void streamFailed() {
        tell("the channel is gone");
        response = Response.BROKEN;
        output.drop();
        request = Request.DISCARDING;
        abandonApp();
    }

    private void abandonApp() {
        if (gzip != null) {
            gzip.close();
            gzip = null;
        }
        if (app != null) {
            app.abandon(this);
            app = null;
        }
    }

    @Override
    public String toString() {
        return "request " + request + ", response " + response;
    }
}
