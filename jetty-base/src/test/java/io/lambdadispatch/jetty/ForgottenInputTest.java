package io.lambdadispatch.jetty;

import static io.lambdadispatch.jetty.kit.Wire.head;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lambdadispatch.jetty.kit.H2Stream;
import io.lambdadispatch.jetty.kit.Rig;
import io.lambdadispatch.jetty.kit.RouterHost;
import io.lambdadispatch.jetty.kit.ScriptedChannel;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Bytes that have come and of which the container tells nobody: they arrive all the same. */
@Tag(RouterHost.ANY)
class ForgottenInputTest {
    private Rig rig;

    @BeforeEach
    void start() throws Exception {
        rig = Rig.warm();
    }

    @AfterEach
    void stop() throws Exception {
        rig.close();
    }

    @Test
    void theLastOfARequest() throws Exception {
        ScriptedChannel channel = rig.instance().open();
        H2Stream stream = rig.h2User().request("POST", "/", HttpFields.EMPTY, false);
        stream.send("abc");
        channel.awaitRequest();
        assertEquals("abc", channel.readText(3));
        rig.forgetWhoReads();
        stream.send("def".getBytes(StandardCharsets.US_ASCII), true);
        assertEquals("def", channel.readText(3));
        channel.ok("thanks");
        assertEquals("thanks", stream.readText());
        rig.awaitQuiet();
    }

    @Test
    void theLastOfAnAnswer() throws Exception {
        H2Stream stream = rig.h2User().get("/");
        rig.awaitPending(1);
        ScriptedChannel channel = rig.instance().open();
        channel.awaitRequest();
        channel.send(head("HTTP/1.1 200 OK", "Content-Length: 6") + "abc");
        assertEquals("abc", new String(stream.readExactly(3), StandardCharsets.US_ASCII));
        rig.forgetWhoReads();
        channel.answer("def");
        assertEquals("def", stream.readText());
        rig.awaitQuiet();
    }

    @Test
    void aWholeAnswer() throws Exception {
        H2Stream stream = rig.h2User().get("/");
        rig.awaitPending(1);
        ScriptedChannel channel = rig.instance().open();
        channel.awaitRequest();
        rig.forgetWhoReads();
        channel.ok("all");
        assertEquals("all", stream.readText());
        rig.awaitQuiet();
    }
}
