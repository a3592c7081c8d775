package io.lambdadispatch.router.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Responses of the router itself. */
class RouterResponseTest {
    private static void assertWhole(MemoryEnd end) {
        assertTrue(end.hasEnded());
        assertTrue(end.isCompleted());
        assertEquals(List.of(), end.faults());
    }

    @Test
    void textIsALine() {
        MemoryEnd end = MemoryEnd.of("GET", "/");
        assertEquals(6, RouterResponse.sendText(end, 404, "grün"));
        assertEquals(404, end.status());
        assertEquals("gr\u00c3\u00bcn\n", end.taken(), "in UTF-8");
        assertEquals(6, end.announced());
        assertEquals(List.of("Content-Type: text/plain;charset=utf-8"), end.responseFields());
        assertWhole(end);
    }

    @Test
    void anythingElseHasItsType() {
        MemoryEnd end = MemoryEnd.of("GET", "/");
        assertEquals(2, RouterResponse.send(end, 200, "application/json", "{}"));
        assertEquals(List.of("Content-Type: application/json"), end.responseFields());
        assertEquals("{}", end.taken());
        assertWhole(end);
    }

    @Test
    void headGetsTheLengthOnly() {
        MemoryEnd end = MemoryEnd.of("HEAD", "/");
        assertEquals(0, RouterResponse.sendText(end, 200, "text"));
        assertEquals(5, end.announced());
        assertEquals("", end.taken());
        assertWhole(end);
    }

    @ParameterizedTest
    @CsvSource({"200, 0", "409, 0", "503, 0", "204, -1", "304, -1"})
    void aStatusAloneHasNoBody(int status, long announced) {
        MemoryEnd end = MemoryEnd.of("GET", "/");
        RouterResponse.send(end, status);
        assertEquals(status, end.status());
        assertEquals(announced, end.announced());
        assertEquals(List.of(), end.responseFields());
        assertWhole(end);
    }

    @Test
    void aSlowPeerIsWaitedFor() {
        MemoryEnd end = MemoryEnd.of("GET", "/").stall();
        RouterResponse.send(end, 200);
        assertTrue(end.isOpen());
        end.goOn();
        assertWhole(end);
    }

    @Test
    void aPeerWhoLeavesIsNotWaitedFor() {
        MemoryEnd end = MemoryEnd.of("GET", "/").stall();
        RouterResponse.send(end, 200);
        end.leave();
        assertTrue(end.isAborted());
        assertEquals(List.of(), end.faults());
    }

    @Test
    void aPeerWhoHasLeftIsNotWaitedFor() {
        MemoryEnd end = MemoryEnd.of("GET", "/");
        end.breakOff();
        RouterResponse.send(end, 200);
        assertTrue(end.isAborted());
        assertEquals(List.of(), end.faults());
    }

    @Test
    void anUploadIsNotReadForIt() {
        MemoryEnd end = MemoryEnd.of("POST", "/").withBody(100).send("abc");
        RouterResponse.sendText(end, 401, "no");
        assertEquals(0, end.piecesOut());
        assertWhole(end);
    }
}
