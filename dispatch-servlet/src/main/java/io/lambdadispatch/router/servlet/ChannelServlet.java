package io.lambdadispatch.router.servlet;

import io.lambdadispatch.protocol.ControlPath;
import io.lambdadispatch.protocol.FieldNames;
import io.lambdadispatch.protocol.InvokeRequest;
import io.lambdadispatch.router.engine.LambdaInstance;
import io.lambdadispatch.router.engine.Pool;
import io.lambdadispatch.router.metrics.ChannelRefusal;
import io.lambdadispatch.router.relay.ChannelStream;
import io.lambdadispatch.router.relay.CloseAnswer;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** Where instances call back: channels, pings, goodbyes. On users' ports its paths are the app's, like any other. */
final class ChannelServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private static final long DATE_STEP_MS = 1_000;

    /** AWS's limit, and a little. */
    private static final long LONGEST_INVOKE_MS = TimeUnit.MINUTES.toMillis(16);

    private final transient Router router;
    private final transient FrontDoorServlet frontDoor;

    ChannelServlet(Router router, FrontDoorServlet frontDoor) {
        this.router = router;
        this.frontDoor = frontDoor;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        if (!router.isControlPort(request.getLocalPort())) {
            frontDoor.service(request, response);
            return;
        }
        Optional<ControlPath> path = ControlPath.parse(request.getRequestURI());
        if (path.isEmpty()) {
            response.setStatus(HttpServletResponse.SC_NOT_FOUND);
        } else if (!methodOf(path.get().action()).equals(request.getMethod())) {
            response.setHeader("Allow", methodOf(path.get().action()));
            response.setStatus(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
        } else {
            control(path.get(), request, response);
        }
    }

    private static String methodOf(ControlPath.Action action) {
        return action == ControlPath.Action.REQUEST ? "POST" : "GET";
    }

    private void control(ControlPath path, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        boolean isChannel = path.action() == ControlPath.Action.REQUEST;
        if (isChannel && !path.lambdaId().equals(request.getHeader(FieldNames.LAMBDA_ID))) {
            response.setStatus(HttpServletResponse.SC_BAD_REQUEST);
            return;
        }
        Optional<Pool> pool = router.pools().find(poolId(path, request));
        if (pool.isEmpty()) {
            refused(isChannel, null, ChannelRefusal.UNKNOWN);
            response.setStatus(isChannel ? HttpServletResponse.SC_CONFLICT : HttpServletResponse.SC_NOT_FOUND);
            return;
        }
        Optional<LambdaInstance> instance = pool.get().instance(path.lambdaId());
        if (instance.isEmpty()) {
            refused(isChannel, pool.get(), ChannelRefusal.UNKNOWN);
            response.setStatus(HttpServletResponse.SC_CONFLICT);
        } else if (!isProven(instance.get(), request)) {
            refused(isChannel, pool.get(), ChannelRefusal.UNPROVEN);
            response.setStatus(HttpServletResponse.SC_UNAUTHORIZED);
        } else {
            act(path, pool.get(), instance.get(), request, response);
        }
    }

    private void refused(boolean isChannel, Pool pool, ChannelRefusal why) {
        if (isChannel) {
            router.channelRefused(pool == null ? null : pool.id(), why);
        }
    }

    private void act(
            ControlPath path,
            Pool pool,
            LambdaInstance instance,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        instance.heard();
        if (path.action() == ControlPath.Action.CLOSE) {
            AsyncContext context = request.startAsync(request, response);
            context.setTimeout(0);
            pool.closeAsked(instance, CloseAnswer.begin(context)::drained);
        } else if (!pool.isServing(instance)) {
            refused(path.action() == ControlPath.Action.REQUEST, pool, ChannelRefusal.LEAVING);
            response.setStatus(HttpServletResponse.SC_CONFLICT);
        } else if (path.action() == ControlPath.Action.REQUEST) {
            openChannel(path, pool, instance, request, response);
        }
    }

    private void openChannel(
            ControlPath path,
            Pool pool,
            LambdaInstance instance,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        if (!instance.knowsWhenItLeaves()) {
            timeLeft(request).ifPresent(nanos -> pool.leavesIn(instance, nanos));
        }
        boolean understandsChunks = FieldNames.CHUNKED.equals(request.getHeader(FieldNames.CHANNEL_FRAMING));
        if (understandsChunks && !router.container().closesOutputEarly()) {
            response.setHeader(FieldNames.CHANNEL_FRAMING, FieldNames.CHUNKED);
        }
        response.setContentType("application/octet-stream");
        AsyncContext context = request.startAsync(request, response);
        context.setTimeout(0);
        ChannelStream.open(
                pool,
                instance,
                path.channelId(),
                context,
                router.container(),
                understandsChunks,
                router.config().requests().maxHeadBytes());
    }

    /**
     * Until the instance leaves by itself, in ns. Both times that it tells are on its own clock, which may differ from this
     * router's; its {@code Date} may be up to a second behind.
     */
    private static OptionalLong timeLeft(HttpServletRequest request) {
        String deadline = request.getHeader(FieldNames.LAMBDA_DEADLINE);
        if (deadline == null) {
            return OptionalLong.empty();
        }
        try {
            long millis = Long.parseLong(deadline) - request.getDateHeader("Date") - DATE_STEP_MS;
            boolean isCredible = millis <= LONGEST_INVOKE_MS;
            return isCredible ? OptionalLong.of(TimeUnit.MILLISECONDS.toNanos(millis)) : OptionalLong.empty();
        } catch (IllegalArgumentException e) {
            // Somebody else's idea of that field, or of a date: then its leaving comes as a surprise, as a reference
            // client's.
            return OptionalLong.empty();
        }
    }

    private static String poolId(ControlPath path, HttpServletRequest request) {
        if (path.poolId() != null) {
            return path.poolId();
        }
        String header = request.getHeader(FieldNames.POOL_ID);
        return header == null || header.isEmpty() ? InvokeRequest.DEFAULT_POOL : header;
    }

    /** Compared in constant time: how long a refusal takes tells nothing about the token. */
    private boolean isProven(LambdaInstance instance, HttpServletRequest request) {
        String shown = request.getHeader(FieldNames.CHANNEL_TOKEN);
        if (shown == null) {
            return !router.config().controlChannel().requireChannelToken();
        }
        return MessageDigest.isEqual(
                shown.getBytes(StandardCharsets.ISO_8859_1), instance.token().getBytes(StandardCharsets.ISO_8859_1));
    }
}
