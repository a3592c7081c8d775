package io.lambdadispatch.client.invoke;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.client.invoke.InvokeLife.Action;
import io.lambdadispatch.protocol.ExitReason;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class InvokeLifeTest {
    /** {@code nanoTime} may begin anywhere, negative and near its end too. */
    private final long epoch = ThreadLocalRandom.current().nextLong();

    private InvokeLife life = of(60_000);

    private InvokeLife of(long remainingMillis) {
        return of(remainingMillis, 0);
    }

    private InvokeLife of(long remainingMillis, long connectsAfterMillis) {
        return new InvokeLife(InvokeTimes.of(epoch, remainingMillis, Duration.ofMillis(250)), at(connectsAfterMillis));
    }

    private long at(long millis) {
        return epoch + TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private void open(int channels) {
        for (int i = 0; i < channels; i++) {
            assertTrue(life.open());
            life.channelUp(at(0));
        }
    }

    @Test
    void leavesWhenNoRequestCameForTheGracePeriod() {
        open(2);
        assertEquals(Action.NOTHING, life.tick(at(249)));
        assertEquals(Action.SEND_CLOSE, life.tick(at(250)));
        assertFalse(life.open());
        assertEquals(Action.NOTHING, life.closeAnswered(at(260)));
        assertEquals(Action.NOTHING, life.routerDrained(at(260)));
        assertEquals(Action.END, life.tick(at(260) + InvokeLife.LINGER_NANOS));
        assertEquals(ExitReason.SELF_LAST_ACTIVE, life.reason());
    }

    @Test
    void isConnectedFromTheFirstChannelToTheEnd() {
        assertFalse(life.isConnected());
        open(1);
        life.requestBegan(at(1));
        assertTrue(life.isConnected());
        life.leave(ExitReason.SELF_DEADLINE, at(2));
        assertTrue(life.isConnected(), "closing");
        life.closeAnswered(at(3));
        life.routerDrained(at(3));
        assertTrue(life.isConnected(), "draining: the request goes on, and so do the pings");
        life.requestEnded(at(10_000));
        assertFalse(life.isConnected());
    }

    @Test
    void itsOwnReopeningDoesNotProlongTheGracePeriod() {
        open(1);
        life.requestBegan(at(100));
        assertEquals(Action.NOTHING, life.tick(at(1_000)));
        assertEquals(Action.NOTHING, life.requestEnded(at(1_000)));
        assertTrue(life.open());
        life.channelUp(at(1_200));
        assertEquals(Action.NOTHING, life.tick(at(1_249)));
        assertEquals(Action.SEND_CLOSE, life.tick(at(1_250)));
    }

    @Test
    void aSilentStartIsNotIdleness() {
        assertTrue(life.open());
        assertEquals(Action.NOTHING, life.tick(at(5_000)));
        assertEquals(Action.END, life.tick(epoch + InvokeLife.FIRST_CHANNEL_NANOS + 1));
        assertEquals(ExitReason.ROUTER_UNREACHABLE, life.reason());
    }

    @Test
    void theWaitForItsAppIsNoSilenceOfTheRouter() {
        life = of(60_000, 9_950);
        assertTrue(life.open());
        assertEquals(Action.NOTHING, life.tick(at(10_050)));
        life.channelUp(at(10_100));
        assertEquals(Action.NOTHING, life.tick(at(10_200)));
        assertTrue(life.isServing());
    }

    @Test
    void leavesFifteenSecondsBeforeItsTimeIsOver() {
        open(1);
        life.requestBegan(at(1));
        assertEquals(Action.NOTHING, life.tick(at(44_999)));
        assertEquals(Action.SEND_CLOSE, life.tick(at(45_000)));
        assertEquals(Action.NOTHING, life.closeAnswered(at(45_001)));
        assertEquals(Action.NOTHING, life.routerDrained(at(45_001)));
        assertEquals(Action.STOP_PARKED, life.tick(at(46_000)));
        assertEquals(Action.NOTHING, life.tick(at(58_999)));
        assertEquals(Action.END, life.tick(at(59_000)));
        assertEquals(ExitReason.SELF_DEADLINE, life.reason());
    }

    @Test
    void aShortInvokeLeavesAtHalfTimeAndBreaksOffInTheLastQuarter() {
        life = of(3_000);
        open(1);
        life.requestBegan(at(1));
        assertEquals(Action.NOTHING, life.tick(at(1_499)));
        assertEquals(Action.SEND_CLOSE, life.tick(at(1_500)));
        assertEquals(Action.END, life.tick(at(2_250)));
    }

    @Test
    void waitsForRequestsInFlightAndForThoseThatRaceIn() {
        open(2);
        life.requestBegan(at(10));
        assertEquals(Action.SEND_CLOSE, life.leave(ExitReason.SELF_DEADLINE, at(20)));
        life.requestBegan(at(21));
        assertEquals(Action.NOTHING, life.closeAnswered(at(22)));
        assertEquals(Action.NOTHING, life.routerDrained(at(22)));
        assertEquals(Action.NOTHING, life.requestEnded(at(30)));
        assertEquals(Action.END, life.requestEnded(at(40)));
        assertEquals(2, life.requests());
    }

    @Test
    void aChannelThatIsParkedAgainCountsAsOpen() {
        open(1);
        life.requestBegan(at(10));
        assertEquals(Action.NOTHING, life.requestServed(at(100)));
        assertEquals(Action.NOTHING, life.tick(at(349)));
        assertEquals(Action.SEND_CLOSE, life.tick(at(350)));
        life.requestBegan(at(360));
        assertEquals(Action.NOTHING, life.closeAnswered(at(370)));
        assertEquals(Action.NOTHING, life.routerDrained(at(370)));
        assertEquals(Action.NOTHING, life.requestServed(at(380)), "it may just have got another one");
        assertEquals(Action.END, life.tick(at(370) + InvokeLife.LINGER_NANOS));
        assertEquals(2, life.requests());
    }

    @Test
    void aChannelThatComesToRestLateInADrainIsStopped() {
        open(2);
        life.requestBegan(at(10));
        life.requestBegan(at(10));
        assertEquals(Action.SEND_CLOSE, life.leave(ExitReason.SELF_DEADLINE, at(20)));
        assertEquals(Action.NOTHING, life.closeAnswered(at(20)));
        assertEquals(Action.STOP_PARKED, life.tick(at(1_000)));
        assertEquals(Action.STOP_PARKED, life.requestServed(at(2_000)));
        assertEquals(Action.NOTHING, life.channelLost(at(2_000)));
        assertEquals(Action.NOTHING, life.routerDrained(at(2_001)));
        assertEquals(Action.END, life.requestServed(at(3_000)));
    }

    @Test
    void aRouterMayHoldItUntilItHasPassedOnTheLastAnswer() {
        open(1);
        life.requestBegan(at(10));
        assertEquals(Action.SEND_CLOSE, life.leave(ExitReason.SELF_DEADLINE, at(20)));
        assertEquals(Action.NOTHING, life.closeAnswered(at(21)));
        assertEquals(Action.NOTHING, life.requestEnded(at(30)));
        assertEquals(Action.STOP_PARKED, life.tick(at(5_000)));
        assertEquals(Action.END, life.routerDrained(at(6_000)));
    }

    @Test
    void anUnansweredCloseDoesNotHoldItUpForEver() {
        open(1);
        assertEquals(Action.SEND_CLOSE, life.leave(ExitReason.SELF_DEADLINE, at(0)));
        assertEquals(Action.NOTHING, life.tick(at(10_000)));
        assertEquals(Action.NOTHING, life.tick(at(10_001)));
        assertEquals(Action.END, life.tick(at(10_101)));
    }

    @Test
    void aRouterThatHasNotReadTheCloseYetMaySendMore() {
        open(1);
        assertEquals(Action.SEND_CLOSE, life.leave(ExitReason.SELF_LAST_ACTIVE, at(0)));
        assertEquals(Action.NOTHING, life.tick(at(5_000)));
        life.requestBegan(at(5_100));
        assertEquals(Action.NOTHING, life.closeAnswered(at(5_200)));
        assertEquals(Action.NOTHING, life.routerDrained(at(5_200)));
        assertEquals(Action.END, life.requestEnded(at(5_300)));
    }

    @Test
    void noInvokeHasMomentsBehindItsEnd() {
        for (long remaining : new long[] {0, 1, 999, 1_000, 3_000, 14_000, 15_000, 29_999, 900_000}) {
            InvokeTimes times = InvokeTimes.of(epoch, remaining, Duration.ofMillis(250));
            assertTrue(times.leaveAt() - at(0) >= 0, "remaining " + remaining);
            assertTrue(times.abortAt() - times.leaveAt() >= 0, "remaining " + remaining);
            assertTrue(times.replyAt() - times.abortAt() >= 0, "remaining " + remaining);
            assertTrue(at(remaining) - times.replyAt() >= 0, "remaining " + remaining);
        }
    }

    @Test
    void nobodyWaitsForAnAppThatDied() {
        open(2);
        life.requestBegan(at(10));
        assertEquals(Action.SEND_CLOSE, life.appDied(at(20)));
        assertEquals(Action.NOTHING, life.appDied(at(30)));
        assertEquals(Action.NOTHING, life.closeAnswered(at(40)));
        assertEquals(Action.STOP_PARKED, life.tick(at(20) + InvokeLife.APP_DIED_NANOS - 1));
        assertEquals(Action.END, life.tick(at(20) + InvokeLife.APP_DIED_NANOS));
        assertTrue(life.isAppGone());
        assertEquals(ExitReason.APP_CONNECTION_ERROR, life.reason());
    }

    @Test
    void theWorstReasonSeenIsTold() {
        open(1);
        life.requestBegan(at(1));
        life.problem(ExitReason.APP_CONNECTION_CLOSED);
        assertEquals(Action.SEND_CLOSE, life.goAway(at(2)));
        assertEquals(Action.NOTHING, life.closeAnswered(at(3)));
        assertEquals(Action.END, life.routerDrained(at(3)));
        assertEquals(ExitReason.APP_CONNECTION_CLOSED, life.reason());
        assertEquals(0, life.requests());
    }

    @Test
    void whatComesAfterTheEndChangesNothing() {
        open(1);
        assertEquals(Action.END, life.lost(ExitReason.ROUTER_CONNECTION_ERROR));
        assertEquals(Action.NOTHING, life.lost(ExitReason.ROUTER_UNREACHABLE));
        assertEquals(Action.NOTHING, life.tick(at(90_000)));
        assertEquals(Action.NOTHING, life.leave(ExitReason.SELF_DEADLINE, at(90_000)));
        assertEquals(Action.NOTHING, life.channelLost(at(90_000)));
        assertEquals(ExitReason.ROUTER_CONNECTION_ERROR, life.reason());
    }
}
