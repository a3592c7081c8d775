package io.lambdadispatch.client.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.client.TestHeads;
import io.lambdadispatch.protocol.Head;
import io.lambdadispatch.protocol.ProtocolException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ExchangeLogTest {
    private static final String PARENT = "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    private static final String DEBUG = "X-Lambda-Dispatch-Debug: true";

    private static Head head(String... fields) throws ProtocolException {
        return TestHeads.head(Stream.concat(Stream.of("GET / HTTP/1.1", "Host: a"), Stream.of(fields))
                .toArray(String[]::new));
    }

    private static List<String> told(ExchangeLog log) {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        PrintStream before = System.err;
        System.setErr(new PrintStream(lines, true, StandardCharsets.UTF_8));
        try {
            log.tell("begins");
        } finally {
            System.setErr(before);
        }
        return lines.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void aRequestWhoseUserAsksIsToldUnderItsTraceId() throws Exception {
        List<String> lines = told(ExchangeLog.of(head(DEBUG, PARENT), true, "channel-1"));
        assertEquals(1, lines.size());
        String line = lines.get(0);
        assertTrue(
                line.contains("INFO")
                        && line.contains("request 4bf92f3577b34da6a3ce929d0e0e4736: begins in channel channel-1"),
                line);
    }

    @Test
    void awsTraceIdsDoAsWell() throws Exception {
        String line = told(ExchangeLog.of(head(DEBUG, "X-Amzn-Trace-Id: Root=1-5759e988-bd86"), true, "c"))
                .get(0);
        assertTrue(line.contains("request 1-5759e988-bd86: begins"), line);
    }

    @Test
    void anIdThatIsNoneDoesNotHideTheOther() throws Exception {
        String zeroes = "traceparent: 00-00000000000000000000000000000000-00f067aa0ba902b7-01";
        String line = told(ExchangeLog.of(head(DEBUG, zeroes, "X-Amzn-Trace-Id: Root=1-5759e988-bd86"), true, "c"))
                .get(0);
        assertTrue(line.contains("request 1-5759e988-bd86: begins"), line);
    }

    @Test
    void nothingIsToldUnlessItIsAskedFor() throws Exception {
        assertNull(ExchangeLog.of(head(PARENT), true, "c"));
        assertNull(ExchangeLog.of(head("X-Lambda-Dispatch-Debug: false"), true, "c"));
    }

    /** The reference's passes on whatever its users send. */
    @Test
    void usersOfARouterThatDoesNotDecideCannotAsk() throws Exception {
        assertNull(ExchangeLog.of(head(DEBUG, PARENT), false, "c"));
        assertNotNull(ExchangeLog.of(head(DEBUG, PARENT), true, "c"));
    }
}
