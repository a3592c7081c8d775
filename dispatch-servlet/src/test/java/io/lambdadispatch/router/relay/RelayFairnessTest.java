package io.lambdadispatch.router.relay;

import static io.lambdadispatch.router.relay.RelayRig.assertGot;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who always has more does not keep the thread on which they were read. */
class RelayFairnessTest {
    /** Reads of one turn. */
    private static final int TURN = 64;

    private static final int PIECES = 3 * TURN;

    private final RelayRig rig = new RelayRig();

    @ParameterizedTest
    @EnumSource
    void anUploadThatIsAlwaysThereGoesOnElsewhere(Kind kind) {
        MemoryEnd user = MemoryEnd.of("POST", "/").withBody(RequestHead.UNKNOWN_LENGTH);
        for (int i = 0; i < PIECES; i++) {
            user.send("x");
        }
        rig.begin(user.sendLast(""));
        MemoryEnd channel = rig.open(kind);
        assertTrue(count(RelayRig.bodyIn(channel)) <= TURN);
        int turns = 1;
        while (user.runElsewhere()) {
            turns++;
        }
        assertTrue(turns >= 3, turns + " turns");
        assertEquals("x".repeat(PIECES), kind.plain(RelayRig.bodyIn(channel)));
        kind.sendLast(channel, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        assertGot(200, user);
        rig.assertOver();
    }

    @ParameterizedTest
    @EnumSource
    void aResponseThatIsAlwaysThereGoesOnElsewhere(Kind kind) {
        MemoryEnd channel = rig.open(kind);
        MemoryEnd user = rig.begin("GET", "/").stall();
        channel.send("HTTP/1.1 200 OK\r\nContent-Length: " + PIECES + "\r\n\r\n");
        for (int i = 1; i < PIECES; i++) {
            channel.send("x");
        }
        kind.sendLast(channel, "x");
        user.goOn();
        assertTrue(count(user.taken()) <= TURN);
        int turns = 1;
        while (user.runElsewhere()) {
            turns++;
        }
        assertTrue(turns >= 3, turns + " turns");
        assertEquals("x".repeat(PIECES), user.taken());
        assertGot(200, user);
        rig.assertOver();
    }

    @ParameterizedTest
    @EnumSource
    void aUserWhoAlwaysSendsMoreBehindTheirResponseIsReadElsewhereToo(Kind kind) {
        MemoryEnd channel = rig.open(kind);
        MemoryEnd user = rig.begin(MemoryEnd.of("POST", "/").withBody(RequestHead.UNKNOWN_LENGTH));
        kind.sendLast(channel, "HTTP/1.1 413 No\r\nContent-Length: 0\r\n\r\n");
        assertEquals(413, user.status());
        user.onNextRead(() -> {
            for (int i = 0; i < PIECES; i++) {
                user.send("x");
            }
        });
        user.send("x");
        int turns = 1;
        while (user.runElsewhere()) {
            turns++;
        }
        assertTrue(turns >= 3, turns + " turns");
        user.sendLast("");
        assertGot(413, user);
        rig.assertOver();
    }

    private static long count(String text) {
        return text.chars().filter(c -> c == 'x').count();
    }
}
