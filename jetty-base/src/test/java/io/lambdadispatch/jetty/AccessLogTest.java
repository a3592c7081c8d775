package io.lambdadispatch.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.jetty.kit.Rig;
import io.lambdadispatch.jetty.kit.RouterHost;
import io.lambdadispatch.jetty.kit.ScriptedChannel;
import io.lambdadispatch.testkit.Await;
import io.lambdadispatch.testkit.Json;
import io.lambdadispatch.testkit.RawUser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One line for each request, and what it tells. */
@Tag(RouterHost.ANY)
class AccessLogTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String MILLIS = "(\\d+\\.\\d{3}|-)";
    private static final Pattern COMBINED = Pattern.compile(
            "(?<address>\\S+) - - \\[(?<time>\\d\\d/\\w{3}/\\d{4}:\\d\\d:\\d\\d:\\d\\d \\+0000)\\] \"(?<request>(?:[^\"\\\\]|\\\\.)*)\""
                    + " (?<status>\\d{3}) (?<bytes>\\d+) \"(?<referrer>(?:[^\"\\\\]|\\\\.)*)\" \"(?<agent>(?:[^\"\\\\]|\\\\.)*)\""
                    + " pool=(?<pool>\\S+) instance=(?<instance>\\S+) channel=(?<channel>\\S+) outcome=(?<outcome>\\w+)"
                    + " wait_ms=" + MILLIS + " first_byte_ms=" + MILLIS + " total_ms=(?<total>" + MILLIS + ")"
                    + " bytes_in=(?<in>\\d+) retried=(?<retried>true|false) trace=(?<trace>\\S+)");

    private Path file;

    @BeforeEach
    void chooseFile() throws IOException {
        file = Files.createTempDirectory(Path.of("target"), "access-log").resolve("access.log");
    }

    private Rig rig(String format) throws Exception {
        return Rig.warm("AccessLogFormat", format, "AccessLogPath", file.toString());
    }

    private List<String> lines() {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> awaitLines(int count) {
        Await.until(() -> count + " lines; there are " + lines(), () -> lines().size() == count);
        return lines();
    }

    @Test
    void aJsonLineTellsAllThatIsKnown() throws Exception {
        try (Rig rig = rig("json")) {
            RawUser user = rig.user()
                    .send("POST /a?b=c HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nUser-Agent: curl \"8\"\r\n"
                            + "Referer: http://other/\r\ntraceparent: 00-" + TRACE
                            + "-00f067aa0ba902b7-01\r\n\r\n12345");
            rig.awaitPending(1);
            ScriptedChannel channel = rig.instance().open();
            channel.awaitRequest();
            channel.readText(5);
            channel.ok("answer");
            user.readAnswer();
            Json line = Json.parse(awaitLines(1).get(0));
            assertEquals("127.0.0.1", line.get("address").text());
            assertEquals("POST", line.get("method").text());
            assertEquals("/a?b=c", line.get("target").text());
            assertEquals("HTTP/1.1", line.get("protocol").text());
            assertEquals(200, line.get("status").number());
            assertEquals("completed", line.get("outcome").text());
            assertEquals("curl \"8\"", line.get("userAgent").text());
            assertEquals("http://other/", line.get("referrer").text());
            assertEquals("default", line.get("pool").text());
            assertEquals(rig.instance().id(), line.get("instance").text());
            assertFalse(line.get("channel").text().isEmpty());
            assertEquals(5, line.get("bytesIn").number());
            assertEquals(6, line.get("bytesOut").number());
            assertFalse(line.get("retried").isTrue());
            assertEquals(TRACE, line.get("trace").text());
            double wait = line.get("waitMs").number();
            double firstByte = line.get("firstByteMs").number();
            double total = line.get("totalMs").number();
            assertTrue(wait > 0 && firstByte >= wait && total >= firstByte, wait + ", " + firstByte + ", " + total);
            assertTrue(java.time.Instant.parse(line.get("time").text()).toEpochMilli() <= System.currentTimeMillis());
        }
    }

    @Test
    void aCombinedLineIsApachesWithOursBehindIt() throws Exception {
        try (Rig rig = rig("combined")) {
            RawUser user = rig.user().get("/page");
            rig.awaitPending(1);
            rig.instance().open().serve("hello");
            user.readAnswer();
            Matcher line = matched(awaitLines(1).get(0));
            assertEquals("127.0.0.1", line.group("address"));
            assertEquals("GET /page HTTP/1.1", line.group("request"));
            assertEquals("200", line.group("status"));
            assertEquals("5", line.group("bytes"));
            assertEquals("-", line.group("referrer"));
            assertEquals("default", line.group("pool"));
            assertEquals(rig.instance().id(), line.group("instance"));
            assertEquals("completed", line.group("outcome"));
            assertTrue(line.group("trace").startsWith("1-"), "a new id: " + line.group("trace"));
        }
    }

    private static Matcher matched(String line) {
        Matcher matcher = COMBINED.matcher(line);
        assertTrue(matcher.matches(), line);
        return matcher;
    }

    @Test
    @Tag(RouterHost.STANDALONE_ONLY) // Elsewhere nobody notices that a waiting user has left.
    void whoIsRefusedOrLeavesHasALineToo() throws Exception {
        try (Rig rig = rig("combined")) {
            rig.user()
                    .send("GET / HTTP/1.1\r\nHost: a\r\nX-Lambda-Name: other\r\n\r\n")
                    .readAnswer();
            Matcher refused = matched(awaitLines(1).get(0));
            assertEquals("403", refused.group("status"));
            assertEquals("rejected", refused.group("outcome"));
            assertEquals("-", refused.group("pool"));
            RawUser gone = rig.user().get("/gone");
            rig.awaitPending(1);
            gone.close();
            Matcher left = matched(awaitLines(2).get(1));
            assertEquals("499", left.group("status"));
            assertEquals("user_gone", left.group("outcome"));
            assertEquals("-", left.group("instance"));
        }
    }

    @Test
    void whoAsksForWhatIsReservedHasALineToo() throws Exception {
        try (Rig rig = rig("combined")) {
            assertEquals(
                    404, rig.user().get("/_lambda_dispatch/goaway").readAnswer().status());
            Matcher refused = matched(awaitLines(1).get(0));
            assertEquals("GET /_lambda_dispatch/goaway HTTP/1.1", refused.group("request"));
            assertEquals("404", refused.group("status"));
            assertEquals("rejected", refused.group("outcome"));
        }
    }

    @Test
    void nobodyWritesLinesOfHisOwn() throws Exception {
        try (Rig rig = rig("combined")) {
            RawUser user =
                    rig.user().send("GET /%0A HTTP/1.1\r\nHost: a\r\nUser-Agent: x\" 200 0 \"\\ \u0080\u00ff\r\n\r\n");
            rig.awaitPending(1);
            rig.instance().open().serve("hello");
            user.readAnswer();
            Matcher line = matched(awaitLines(1).get(0));
            assertEquals("x\\\" 200 0 \\\"\\\\ \\x80\\xff", line.group("agent"));
        }
    }
}
