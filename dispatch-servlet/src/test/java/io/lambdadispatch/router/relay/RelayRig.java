package io.lambdadispatch.router.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.protocol.ChunkedDecoder;
import io.lambdadispatch.protocol.ProtocolException;
import io.lambdadispatch.router.engine.FakeTime;
import io.lambdadispatch.router.engine.LambdaInstance;
import io.lambdadispatch.router.engine.Observation;
import io.lambdadispatch.router.engine.Pool;
import io.lambdadispatch.router.engine.PoolSettings;
import io.lambdadispatch.router.engine.TestPool;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Users, a pool, and instances with channels, without a network, a clock or a thread: the relay stands between them. */
final class RelayRig implements RequestListener {
    /** After that long users are cut off who hold a relay up. */
    static final Duration IDLE = Duration.ofSeconds(20);

    static final int MAX_HEAD = 1024;

    private static final String END_OF_HEAD = "\r\n\r\n";

    /** The pool's. */
    final FakeTime time = new FakeTime();

    final TestPool test;
    final Pool pool;
    final List<RequestRecord> records = new ArrayList<>();
    private final FakeTime usersTime = new FakeTime();
    private final List<MemoryEnd> users = new ArrayList<>();
    private final List<MemoryEnd> channels = new ArrayList<>();
    private RelayContext context;
    private boolean isLeaving;

    /** One instance that runs one request at a time. */
    RelayRig() {
        this(1, 1);
    }

    RelayRig(int instances, int maxConcurrent) {
        this(instances, TestPool.settings(maxConcurrent, 100, instances, 100));
    }

    private RelayRig(int instances, PoolSettings settings) {
        test = new TestPool(time, settings, TestPool.wanting(() -> instances));
        pool = test.pool;
        pool.start();
        time.runDue();
        context = context(true);
    }

    /** Its instance is taken for dead when it has been silent for so long. */
    static RelayRig withSilence(Duration silence) {
        return new RelayRig(
                1,
                new PoolSettings(
                        "blue",
                        "function:live",
                        1,
                        2,
                        100,
                        TestPool.REQUEST_TIMEOUT,
                        TestPool.START_TIMEOUT,
                        silence,
                        1,
                        100));
    }

    private RelayContext context(boolean retriesSafely) {
        return new RelayContext(
                MAX_HEAD,
                Set.of(),
                retriesSafely,
                new IdleWatch(IDLE, usersTime, usersTime),
                this,
                NewTrace.OFF,
                Spans.NONE,
                () -> isLeaving,
                false);
    }

    RelayRig withoutRetries() {
        context = context(false);
        return this;
    }

    /** This router is about to leave. */
    void leave() {
        isLeaving = true;
    }

    @Override
    public void ended(RequestRecord record) {
        records.add(record);
    }

    // What instances do

    LambdaInstance instance(int index) {
        return test.instance(index);
    }

    /** The first instance opens a channel. */
    MemoryEnd open(Kind kind) {
        return open(kind, instance(0));
    }

    MemoryEnd open(Kind kind, LambdaInstance instance) {
        MemoryEnd channel = kind.ask();
        channel.status(200);
        open(kind, instance, channel);
        return channel;
    }

    /** It has its status already. */
    void open(Kind kind, LambdaInstance instance, MemoryEnd channel) {
        channels.add(channel);
        ChannelStream.open(pool, instance, "c" + channels.size(), channel, kind.terms(), MAX_HEAD);
    }

    // What users do

    /** A request without a body. */
    MemoryEnd begin(String method, String target) {
        return begin(MemoryEnd.of(method, target));
    }

    MemoryEnd begin(MemoryEnd user) {
        users.add(user);
        try {
            tryToBegin(user);
        } catch (ProtocolException e) {
            throw new AssertionError(e);
        }
        return user;
    }

    void tryToBegin(MemoryEnd user) throws ProtocolException {
        Exchange.begin(pool, user, context);
    }

    /** Time passes in which users may move. */
    void passUsersTime(Duration duration) {
        usersTime.advance(duration);
    }

    /** Nothing runs for so long, and then all that is late. */
    void standStill(Duration duration) {
        usersTime.standStill(duration);
        usersTime.runDue();
    }

    // What came of it

    RequestRecord record() {
        assertEquals(1, records.size(), "requests that have ended");
        return records.get(0);
    }

    Observation books() {
        return pool.snapshot();
    }

    /** Nothing is under way, nobody holds anything, and every request has ended once. */
    void assertOver() {
        assertEquals(0, books().running(), "running");
        assertEquals(0, books().pending(), "pending");
        for (MemoryEnd user : users) {
            assertEquals(List.of(), user.faults(), "user " + user);
            assertFalse(user.isOpen(), "user " + user + " was not concluded");
            assertEquals(0, user.piecesOut(), "pieces of user " + user);
            assertTrue(user.isAborted() || user.hasEnded(), "user " + user + " has no end");
            if (user.hasEnded() && user.announced() >= 0 && !user.method().equals("HEAD") && user.status() != 304) {
                assertEquals(user.announced(), user.taken().length(), "what user " + user + " has got");
            }
        }
        for (MemoryEnd channel : channels) {
            assertEquals(List.of(), channel.faults(), "channel");
            assertEquals(0, channel.piecesOut(), "pieces of a channel");
        }
        assertEquals(users.size(), records.size(), "requests that have ended");
        usersTime.advance(IDLE);
        assertTrue(usersTime.nothingScheduled(), "relays are watched that are over");
    }

    /** It is idle, and serves. */
    void assertServes(MemoryEnd channel) {
        assertTrue(channel.isOpen(), "the channel is gone");
        channel.goOn();
        channel.forgetTaken();
        assertServesWaiting(channel, begin("GET", "/next"));
    }

    /** It has the request of that user, and serves it. */
    void assertServesWaiting(MemoryEnd channel, MemoryEnd user) {
        assertEquals(user.path(), target(channel));
        channel.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnext");
        assertEquals("next", user.taken());
        assertTrue(user.isCompleted());
    }

    /** It is closed on both sides, or was reset, and its slot is free. */
    static void assertReset(MemoryEnd channel) {
        assertTrue(channel.isAborted(), "the channel was not reset");
    }

    /** The user was given that by the router, or an instance, to the end. */
    static void assertGot(int status, MemoryEnd user) {
        assertEquals(status, user.status());
        assertTrue(user.hasEnded(), "the response has no end");
        assertTrue(user.isCompleted(), "the response was broken off");
    }

    /** The user cannot take what they got for a whole response. */
    static void assertCut(MemoryEnd user) {
        assertTrue(user.isAborted(), "nothing was broken off");
        assertFalse(user.hasEnded(), "the response seems whole");
    }

    // Text

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static String head(String... lines) {
        return String.join("\r\n", lines) + END_OF_HEAD;
    }

    /** Each part in a chunk of its own, and the end. */
    static String chunked(String... parts) {
        StringBuilder text = new StringBuilder();
        for (String part : parts) {
            text.append(Integer.toHexString(part.length()))
                    .append("\r\n")
                    .append(part)
                    .append("\r\n");
        }
        return text.append("0\r\n\r\n").toString();
    }

    /** The data of a chunked body that must be whole, and end there. */
    static String unchunked(String body) {
        ByteBuffer in = ByteBuffer.wrap(bytes(body));
        ChunkedDecoder decoder = new ChunkedDecoder();
        StringBuilder data = new StringBuilder();
        try {
            while (!decoder.isDone() && in.hasRemaining()) {
                data.append(StandardCharsets.ISO_8859_1.decode(decoder.next(in)));
            }
        } catch (ProtocolException e) {
            throw new AssertionError(e);
        }
        assertTrue(decoder.isDone() && !in.hasRemaining(), "not one whole body");
        return data.toString();
    }

    /** What a request in a channel asks for. */
    static String target(MemoryEnd channel) {
        String text = channel.taken();
        return text.isEmpty() ? "nothing" : text.split(" ", 3)[1];
    }

    /** What has come of the body of the request in a channel, as it travels there. */
    static String bodyIn(MemoryEnd channel) {
        String text = channel.taken();
        int end = text.indexOf(END_OF_HEAD);
        assertTrue(end >= 0, "no whole head: " + text);
        return text.substring(end + END_OF_HEAD.length());
    }
}
