package io.lambdadispatch.jetty;

import static io.lambdadispatch.jetty.kit.Wire.head;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lambdadispatch.jetty.kit.H2Stream;
import io.lambdadispatch.jetty.kit.H2User;
import io.lambdadispatch.jetty.kit.KitThreads;
import io.lambdadispatch.jetty.kit.Rig;
import io.lambdadispatch.jetty.kit.RouterHost;
import io.lambdadispatch.jetty.kit.ScriptedChannel;
import io.lambdadispatch.jetty.kit.ScriptedInstance;
import io.lambdadispatch.testkit.Await;
import io.lambdadispatch.testkit.LogLines;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http2.ErrorCode;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Tag;

/**
 * Streams that are reset, many at once, while bytes are being written to them: nothing is logged, because nothing unexpected
 * happens; each slot comes free; and the instance stays.
 */
@Tag(RouterHost.ANY)
class ResetStormTest {
    /**
     * What Tomcat says when it ends a whole connection because one of its streams failed on one thread in the very moment between
     * two looks that another takes at it: its {@code asyncPostProcess} does not know the state {@code MUST_ERROR}.
     */
    private static final String TOMCATS_OWN_RACE = "fatal to the connection";

    /**
     * Who says what in Jetty's servlets when an exchange is ended on one thread while another writes, learns how its last write went, or that
     * it was reset. Nothing comes of it but that line.
     */
    private static final List<String> JETTYS_OWN_RACES = List.of(
            "Serialized invocation error",
            "Blocking.Shared incomplete",
            " org.eclipse.jetty.ee10.servlet.ServletChannel");

    private static final int ROUNDS = 8;

    /** A user who resets more of them in a second is turned away by Jetty. */
    private static final int STREAMS = 40;

    private static final int LATEST_RESET_MICROS = 20_000;

    /** More than a stream's window, so that some writes wait for it. */
    private static final byte[] BODY = new byte[300 * 1024];

    private enum Who {
        USERS,
        INSTANCES
    }

    @RepeatedTest(3)
    void usersResetWhatTheyAreSent(RepetitionInfo repetition) throws Exception {
        storm(Who.USERS, repetition);
    }

    @RepeatedTest(3)
    void instancesResetWhatTheyAreSent(RepetitionInfo repetition) throws Exception {
        storm(Who.INSTANCES, repetition);
    }

    private static void storm(Who who, RepetitionInfo repetition) throws Exception {
        Random random = new Random(repetition.getCurrentRepetition());
        try (LogLines log = LogLines.listen()) {
            try (Rig rig =
                    Rig.warm("MaxConcurrentCount", "100", "ChannelCount", "100", "InstanceCountMultiplier", "1")) {
                for (int round = 0; round < ROUNDS; round++) {
                    round(who, rig, random);
                }
                assertEquals(List.of(), warnings(log));
            } catch (AssertionError e) {
                assumeTrue(log.about(TOMCATS_OWN_RACE).isEmpty(), e::toString);
                throw e;
            }
        }
    }

    private static List<String> warnings(LogLines log) {
        return log.warnings().stream()
                .filter(line -> JETTYS_OWN_RACES.stream().noneMatch(line::contains))
                .toList();
    }

    private static void round(Who who, Rig rig, Random random) throws Exception {
        ScriptedInstance instance = rig.instance();
        List<ScriptedChannel> channels = instance.open(STREAMS);
        H2User user = rig.h2User();
        List<CompletableFuture<?>> ofUsers = new ArrayList<>();
        List<CompletableFuture<?>> ofInstance = new ArrayList<>();
        for (int i = 0; i < STREAMS; i++) {
            H2Stream stream = user.request("POST", "/" + i, HttpFields.EMPTY, false);
            if (who == Who.USERS) {
                ofUsers.add(resetSoon(stream, random));
            }
            ofUsers.add(stream.sendLater(BODY, 0, BODY.length, i % 2 == 0));
        }
        for (ScriptedChannel channel : channels) {
            if (who == Who.INSTANCES) {
                ofInstance.add(resetSoon(channel.stream(), random));
            }
            ofInstance.add(KitThreads.start(() -> answer(channel)));
        }
        awaitAll(who == Who.INSTANCES ? ofInstance : ofUsers);
        user.die();
        rig.awaitQuiet();
        // Those whose user left early have not been used.
        for (ScriptedChannel channel : channels) {
            if (!channel.stream().isBroken()) {
                ofInstance.add(reset(channel.stream(), 0));
            }
        }
        awaitAll(ofUsers);
        awaitAll(ofInstance);
        rig.awaitIdleChannels(0);
        assertEquals(200, instance.ping());
    }

    /** Any may fail, when the other side was quicker. */
    private static void awaitAll(List<CompletableFuture<?>> work) {
        for (CompletableFuture<?> each : work) {
            Await.value(each.handle((done, failure) -> "over"));
        }
    }

    private static CompletableFuture<Void> resetSoon(H2Stream stream, Random random) {
        return reset(stream, TimeUnit.MICROSECONDS.toNanos(random.nextInt(LATEST_RESET_MICROS)));
    }

    private static CompletableFuture<Void> reset(H2Stream stream, long delayNanos) {
        return KitThreads.start(() -> {
            LockSupport.parkNanos(delayNanos);
            stream.reset(ErrorCode.CANCEL_STREAM_ERROR);
            return null;
        });
    }

    private static Void answer(ScriptedChannel channel) throws Exception {
        channel.awaitRequest();
        channel.send(head("HTTP/1.1 200 OK", "X: y"));
        channel.send(BODY);
        return null;
    }
}
