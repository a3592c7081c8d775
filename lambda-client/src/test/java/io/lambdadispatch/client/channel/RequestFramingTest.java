package io.lambdadispatch.client.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.client.TestHeads;
import io.lambdadispatch.client.channel.RequestFraming.Kind;
import io.lambdadispatch.protocol.ProtocolException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestFramingTest {
    @ParameterizedTest
    @CsvSource({
        "Content-Length: 5,false,LENGTH",
        "Content-Length: 5,true,LENGTH",
        "Content-Length: 0,false,NONE",
        "Transfer-Encoding: chunked,false,UNTIL_END",
        "Transfer-Encoding: chunked,true,CHUNKED",
        "X: y,false,UNDECIDED",
        "X: y,true,NONE",
    })
    void theHeadAndTheRouterDecide(String field, boolean routerFrames, Kind kind) throws ProtocolException {
        assertEquals(kind, new RequestFraming(TestHeads.head("POST / HTTP/1.1", field), routerFrames).kind());
    }

    @Test
    void aCountedBodyIsCompleteAtItsLastByteAndNoLonger() throws ProtocolException {
        RequestFraming framing = new RequestFraming(TestHeads.head("POST / HTTP/1.1", "Content-Length: 5"), false);
        assertEquals(3, framing.next(ByteBuffer.allocate(3)).remaining());
        assertFalse(framing.isComplete());
        ByteBuffer rest = ByteBuffer.allocate(3);
        assertEquals(2, framing.next(rest).remaining());
        assertTrue(framing.isComplete());
        assertEquals(1, rest.remaining(), "that is not this body's");
    }

    @Test
    void twoLengthsThatDifferAreRefused() {
        assertThrows(
                ProtocolException.class,
                () -> new RequestFraming(
                        TestHeads.head("POST / HTTP/1.1", "Content-Length: 5", "Content-Length: 6"), false));
    }
}
