package io.lambdadispatch.router.door;

import io.lambdadispatch.protocol.ControlPath;
import io.lambdadispatch.protocol.FieldNames;
import io.lambdadispatch.protocol.InvokeRequest;
import io.lambdadispatch.router.config.RouterConfig;
import io.lambdadispatch.router.engine.LambdaInstance;
import io.lambdadispatch.router.engine.Pool;
import io.lambdadispatch.router.metrics.ChannelRefusal;
import io.lambdadispatch.router.relay.ChannelStream;
import io.lambdadispatch.router.relay.CloseResponse;
import io.lambdadispatch.router.relay.HttpEnd;
import io.lambdadispatch.router.relay.RequestHead;
import io.lambdadispatch.router.relay.RouterResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** Where instances call back: channels, pings, goodbyes. Health and figures for operators, too. */
final class ControlDoor implements Door {
    static final String METRICS = "/metrics";
    static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";
    static final String JSON = "application/json";

    private static final int OK = 200;
    private static final int BAD_REQUEST = 400;
    private static final int UNAUTHORIZED = 401;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int UNAVAILABLE = 503;
    private static final String YES = "1";
    private static final long DATE_STEP_MS = 1_000;

    /** AWS's limit, and a little. */
    private static final long LONGEST_INVOKE_MS = TimeUnit.MINUTES.toMillis(16);

    private final RouterView router;
    private final int maxHeadBytes;
    private final boolean requiresToken;

    ControlDoor(RouterConfig config, RouterView router) {
        this.router = router;
        this.maxHeadBytes = config.requests().maxHeadBytes();
        this.requiresToken = config.controlChannel().requireChannelToken();
    }

    @Override
    public void enter(HttpEnd end) {
        String path = end.head().path();
        Optional<ControlPath> control = ControlPath.parse(path);
        if (control.isPresent()) {
            control(control.get(), end);
        } else if (!path.equals("/health") && !path.equals(METRICS)) {
            RouterResponse.sendText(end, NOT_FOUND, "Not found.");
        } else if (!Methods.isGet(end)) {
            Methods.refuse(end, Methods.GET);
        } else if (path.equals(METRICS)) {
            RouterResponse.send(end, OK, PROMETHEUS_TEXT, router.figures());
        } else {
            end.field("Cache-Control", "no-store");
            String report = HealthReport.of(router.isLeaving(), router.pools().all());
            RouterResponse.send(end, router.isLeaving() ? UNAVAILABLE : OK, JSON, report);
        }
    }

    private void control(ControlPath path, HttpEnd end) {
        RequestHead head = end.head();
        boolean isChannel = path.action() == ControlPath.Action.REQUEST;
        String method = isChannel ? Methods.POST : "GET";
        if (!method.equals(head.method())) {
            Methods.refuse(end, method);
            return;
        }
        if (isChannel && !path.lambdaId().equals(head.field(FieldNames.LAMBDA_ID))) {
            RouterResponse.send(end, BAD_REQUEST);
            return;
        }
        Optional<Pool> pool = router.pools().find(poolId(path, head));
        if (pool.isEmpty()) {
            refused(isChannel, null, ChannelRefusal.UNKNOWN);
            RouterResponse.send(end, isChannel ? CONFLICT : NOT_FOUND);
            return;
        }
        Optional<LambdaInstance> instance = pool.get().instance(path.lambdaId());
        if (instance.isEmpty()) {
            refused(isChannel, pool.get(), ChannelRefusal.UNKNOWN);
            RouterResponse.send(end, CONFLICT);
        } else if (!isProven(instance.get(), head)) {
            refused(isChannel, pool.get(), ChannelRefusal.UNPROVEN);
            RouterResponse.send(end, UNAUTHORIZED);
        } else {
            act(path, pool.get(), instance.get(), end);
        }
    }

    private static String poolId(ControlPath path, RequestHead head) {
        if (path.poolId() != null) {
            return path.poolId();
        }
        String field = head.field(FieldNames.POOL_ID);
        return field == null || field.isEmpty() ? InvokeRequest.DEFAULT_POOL : field;
    }

    /** Compared in constant time: how long a refusal takes tells nothing about the token. */
    private boolean isProven(LambdaInstance instance, RequestHead head) {
        String shown = head.field(FieldNames.CHANNEL_TOKEN);
        if (shown == null) {
            return !requiresToken;
        }
        return MessageDigest.isEqual(
                shown.getBytes(StandardCharsets.ISO_8859_1), instance.token().getBytes(StandardCharsets.ISO_8859_1));
    }

    private void refused(boolean isChannel, Pool pool, ChannelRefusal why) {
        if (isChannel) {
            router.channelRefused(pool == null ? null : pool.id(), why);
        }
    }

    private void act(ControlPath path, Pool pool, LambdaInstance instance, HttpEnd end) {
        instance.heard();
        if (path.action() == ControlPath.Action.CLOSE) {
            pool.closeAsked(instance, CloseResponse.begin(end)::drained);
        } else if (!pool.isServing(instance)) {
            refused(path.action() == ControlPath.Action.REQUEST, pool, ChannelRefusal.LEAVING);
            RouterResponse.send(end, CONFLICT);
        } else if (path.action() == ControlPath.Action.REQUEST) {
            openChannel(path, pool, instance, end);
        } else {
            RouterResponse.send(end, OK);
        }
    }

    private void openChannel(ControlPath path, Pool pool, LambdaInstance instance, HttpEnd end) {
        RequestHead head = end.head();
        if (!instance.knowsWhenItLeaves()) {
            timeLeft(head).ifPresent(nanos -> pool.leavesIn(instance, nanos));
        }
        boolean understandsChunks = FieldNames.CHUNKED.equals(head.field(FieldNames.CHANNEL_FRAMING));
        boolean isReusable = understandsChunks && YES.equals(head.field(FieldNames.CHANNEL_REUSE));
        boolean isFramed = isReusable || (understandsChunks && !end.halfCloses());
        end.status(OK);
        if (isFramed) {
            end.field(FieldNames.CHANNEL_FRAMING, FieldNames.CHUNKED);
        }
        if (isReusable) {
            end.field(FieldNames.CHANNEL_REUSE, YES);
        }
        end.field("Content-Type", "application/octet-stream");
        ChannelStream.open(
                pool, instance, path.channelId(), end, new ChannelStream.Terms(isReusable, isFramed), maxHeadBytes);
    }

    /**
     * Until the instance leaves by itself, in ns. Both times that it tells are on its own clock, which may differ from this router's; its
     * {@code Date} may be up to a second behind.
     */
    private static OptionalLong timeLeft(RequestHead head) {
        String deadline = head.field(FieldNames.LAMBDA_DEADLINE);
        String date = head.field("Date");
        if (deadline == null || date == null) {
            return OptionalLong.empty();
        }
        try {
            long sentAt = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant()
                    .toEpochMilli();
            long millis = Long.parseLong(deadline) - sentAt - DATE_STEP_MS;
            boolean isCredible = millis <= LONGEST_INVOKE_MS;
            return isCredible ? OptionalLong.of(TimeUnit.MILLISECONDS.toNanos(millis)) : OptionalLong.empty();
        } catch (IllegalArgumentException | DateTimeException e) {
            // Somebody else's idea of that field, or of a date: then its leaving comes as a surprise, as a reference
            // client's.
            return OptionalLong.empty();
        }
    }
}
