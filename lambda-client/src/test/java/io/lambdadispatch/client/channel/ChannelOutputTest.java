package io.lambdadispatch.client.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.client.io.Staging;
import io.lambdadispatch.client.router.WriteTurns;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.nio.DataStreamChannel;
import org.junit.jupiter.api.Test;

/** Responses that share a connection which takes less than they bring. */
class ChannelOutputTest {
    private static final int FRAME = 16 * 1024;

    private final Connection connection = new Connection();
    private final Staging<IOException> staging = new Staging<>();
    private final Stream first = new Stream();
    private final Stream second = new Stream();
    private final Stream third = new Stream();

    @Test
    void takeTurnsWhenItIsFull() throws IOException {
        for (Stream stream : List.of(first, second, third)) {
            stream.output.write(bytes(3 * FRAME));
        }
        for (int frames = 1; frames <= 6; frames++) {
            connection.take(1);
            // As HttpCore does it: always in the same order.
            for (Stream stream : List.of(first, second, third)) {
                stream.output.drain();
            }
            assertEquals((frames + 2) / 3 * FRAME, first.written);
            assertEquals((frames + 1) / 3 * FRAME, second.written);
            assertEquals(frames / 3 * FRAME, third.written);
        }
    }

    @Test
    void newcomersWaitBehindThoseWhoWait() throws IOException {
        first.output.write(bytes(FRAME));
        connection.take(1);
        second.output.write(bytes(FRAME));
        assertEquals(0, second.written);

        second.output.drain();
        assertEquals(FRAME, first.written);
        assertEquals(0, second.written);
    }

    @Test
    void oneWhoseBytesWentInAnothersTurnGoesOnInItsOwn() throws IOException {
        first.output.write(bytes(FRAME));
        second.output.write(bytes(FRAME));
        connection.take(2);
        first.asked = false;
        assertTrue(second.output.drain());
        assertTrue(first.asked);
        assertTrue(first.output.drain());
        assertFalse(first.output.drain(), "told once");
    }

    @Test
    void closedWindowHoldsNobodyElseUp() throws IOException {
        first.isOpen = false;
        first.output.write(bytes(FRAME));
        second.output.write(bytes(FRAME));
        connection.take(8);
        second.output.drain();
        assertEquals(FRAME, second.written);

        first.isOpen = true;
        assertTrue(first.output.drain());
        assertEquals(FRAME, first.written);
    }

    @Test
    void failureIsToldInItsOwnTurnOnly() throws IOException {
        first.output.write(bytes(FRAME));
        second.output.write(bytes(FRAME));
        first.fails = true;
        connection.take(8);
        assertTrue(second.output.drain());
        assertTrue(first.asked);
        assertThrows(IOException.class, first.output::drain);
    }

    @Test
    void whatNobodyWantsAnyMoreTakesNoTurn() throws IOException {
        first.output.write(bytes(FRAME));
        second.output.write(bytes(FRAME));
        first.output.drop();
        connection.take(1);
        second.output.drain();
        assertEquals(0, first.written);
        assertEquals(FRAME, second.written);
    }

    private static ByteBuffer bytes(int size) {
        return ByteBuffer.allocate(size);
    }

    /** Takes a number of frames. */
    private static final class Connection {
        private final WriteTurns turns = new WriteTurns(this::isFull);
        private int room;

        void take(int frames) {
            room += frames;
        }

        boolean isFull() {
            return room == 0;
        }
    }

    private final class Stream implements DataStreamChannel {
        private final ChannelOutput output = new ChannelOutput(staging);
        private boolean isOpen = true;
        private boolean fails;
        private boolean asked;
        private int written;

        Stream() {
            output.attach(this, connection.turns);
        }

        @Override
        public int write(ByteBuffer src) throws IOException {
            if (fails) {
                throw new IOException("reset");
            }
            if (!isOpen || connection.isFull()) {
                return 0;
            }
            connection.room--;
            int size = Math.min(FRAME, src.remaining());
            src.position(src.position() + size);
            written += size;
            return size;
        }

        @Override
        public void requestOutput() {
            asked = true;
        }

        @Override
        public void endStream() {}

        @Override
        public void endStream(List<? extends Header> trailers) {}
    }
}
