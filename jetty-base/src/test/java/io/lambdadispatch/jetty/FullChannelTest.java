package io.lambdadispatch.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lambdadispatch.jetty.kit.H2Stream;
import io.lambdadispatch.jetty.kit.H2User;
import io.lambdadispatch.jetty.kit.Peer;
import io.lambdadispatch.jetty.kit.Rig;
import io.lambdadispatch.jetty.kit.RouterHost;
import io.lambdadispatch.jetty.kit.ScriptedChannel;
import io.lambdadispatch.testkit.Await;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http2.ErrorCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Apps that take nothing, and requests that are a little longer than what the channel has room for: their last bytes may lie in the
 * container's buffers, where nobody will take them, when the exchange ends.
 */
@Tag(RouterHost.ANY)
class FullChannelTest {
    private static final int STEP = 93;
    private static final int MOST_IN_BUFFERS = 9_000;

    private Rig rig;

    @BeforeEach
    void start() throws Exception {
        rig = Rig.warm("MaxConcurrentCount", "2", "ChannelCount", "10");
    }

    @AfterEach
    void stop() throws Exception {
        rig.close();
    }

    /** Bodies of a little more than a channel has room for. */
    private static IntStream sizes() {
        return IntStream.iterate(0, more -> more < MOST_IN_BUFFERS, more -> more + STEP)
                .map(more -> Peer.STREAM_WINDOW + more);
    }

    @Test
    void aUserWhoLeavesFreesTheSlot() throws Exception {
        H2User user = rig.h2User();
        for (int size : sizes().toArray()) {
            H2Stream stream = user.request("POST", "/", HttpFields.EMPTY, false);
            ScriptedChannel channel = rig.instance().open();
            rig.awaitRunning(1);
            stream.send(new byte[size], false);
            stream.reset(ErrorCode.CANCEL_STREAM_ERROR);
            channel.stream().awaitReset();
            rig.awaitRunning(0);
        }
        rig.awaitQuiet();
    }

    @Test
    void anAnswerFreesTheSlotAndHoldsNoThread() throws Exception {
        H2User user = rig.h2User();
        for (int size : sizes().toArray()) {
            H2Stream stream = user.request("POST", "/", HttpFields.EMPTY, false);
            ScriptedChannel channel = rig.instance().open();
            stream.send(new byte[size], true);
            Await.until("the app has the request", channel::hasRequest);
            channel.ok("enough");
            assertEquals("enough", stream.readText());
            rig.awaitRunning(0);
        }
        Await.until("no thread waits for an instance to take more", () -> Thread.getAllStackTraces().values().stream()
                .flatMap(Stream::of)
                .noneMatch(FullChannelTest::waitsForRoom));
        rig.awaitQuiet();
    }

    /** Where Tomcat waits until a peer takes more, for ever if need be. */
    private static boolean waitsForRoom(StackTraceElement at) {
        return at.getClassName().endsWith("http2.WindowAllocationManager")
                && at.getMethodName().equals("waitFor");
    }
}
