package io.lambdadispatch.router.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.protocol.ExitReason;
import io.lambdadispatch.router.engine.InvokeOutcome.Reason;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Instances that do not start, or die at once: how seldom they are tried, and what users are told meanwhile. */
class FailingStartsTest {
    @RegisterExtension
    final FakeTime time = new FakeTime();

    private TestPool test = new TestPool(time);

    private FakeLambda lambda() {
        return test.lambda;
    }

    /** Lets an instance that has nothing to do leave, as a client does. */
    private void leave(int index) {
        test.pool.drain(test.instance(index), DrainReason.ASKED);
        lambda().start(index).answer(ExitReason.SELF_LAST_ACTIVE);
    }

    /** Waits until the pool sleeps; it must hold nothing then. */
    private void assertSleeps() {
        time.advance(Duration.ofMinutes(3));
        assertTrue(time.nothingScheduled(), time.toString());
        Observation seen = test.pool.snapshot();
        assertTrue(seen.isDormant(), seen.toString());
        assertEquals(0, seen.idleChannels());
    }

    // Instances that do not start

    @Test
    void givesUpAnInstanceThatDoesNotCallBackInTime() {
        test.submit();
        time.advance(TestPool.START_TIMEOUT.minusMillis(1));
        assertEquals(1, lambda().starts().size());
        time.advanceMillis(50);
        assertTrue(test.log.contains("ended instance-0 NOT_CALLED_BACK"), test.log.toString());
        time.advanceMillis(200);
        assertEquals(2, lambda().starts().size(), "a probe follows after the backoff");
        assertNull(test.pool.instance("instance-0").orElse(null));
        assertFalse(test.pool.opened(new TestChannel(test.instance(0))), "it comes too late");
    }

    @Test
    void hearsTheEndOfAnInstanceOnceThoughItWasGivenUp() {
        test.submit();
        time.advance(TestPool.START_TIMEOUT.plusMillis(60));
        lambda().start(0).answer(ExitReason.ROUTER_GO_AWAY);
        time.advanceMillis(10);
        assertEquals(
                1,
                test.log.stream()
                        .filter(line -> line.startsWith("ended instance-0"))
                        .count());
    }

    @Test
    void givesUpThousandsOfInstancesAtOnce() {
        int many = 20_000;
        test = new TestPool(time, 10, 10, TestPool.whileBusy(many));
        test.submit();
        time.runDue();
        assertEquals(many, test.pool.snapshot().starting());
        time.advance(TestPool.START_TIMEOUT.plusMillis(50));
        assertEquals(0, test.pool.snapshot().starting());
        assertEquals(
                many, test.log.stream().filter(line -> line.startsWith("ended")).count());
    }

    @Test
    void invokesABrokenFunctionSeldom() {
        lambda().breakWith(Reason.THROTTLED);
        test.drawing(0);
        test.submit(100);
        time.advance(Duration.ofMinutes(1));
        int invokes = lambda().starts().size();
        assertTrue(invokes >= 8 && invokes <= 15, invokes + " invokes in a minute");
        assertEquals(List.of(), lambda().buddies());
    }

    @Test
    void makesOneProbeAtATime() {
        test.submit(100);
        time.runDue();
        lambda().starts().forEach(start -> start.fail(Reason.UNREACHABLE));
        time.runDue();
        int before = lambda().starts().size();
        time.advanceMillis(20_000);
        assertEquals(before + 1, lambda().starts().size(), "the probe still starts");
        lambda().start(before).fail(Reason.UNREACHABLE);
        time.advanceMillis(20_000);
        assertEquals(before + 2, lambda().starts().size());
    }

    @Test
    void recoversAtOnceWhenAProbeSucceeds() {
        lambda().breakWith(Reason.FUNCTION_ERROR);
        test.submit(100);
        time.advance(Duration.ofSeconds(50));
        lambda().repair();
        int before = lambda().starts().size();
        time.advance(Duration.ofSeconds(31));
        assertEquals(before + 1, lambda().starts().size());
        test.open(test.instance(before));
        time.runDue();
        assertEquals(0, test.pool.retryAfterNanos());
        assertTrue(lambda().starts().size() >= before + 6, "all that are wanted start at once");
    }

    @Test
    void countsAnInstanceThatLeavesBeforeItsFirstChannelAsAFailure() {
        test.submit();
        time.runDue();
        for (int i = 0; i < 1_000; i++) {
            int latest = lambda().starts().size() - 1;
            if (lambda().start(latest).isOpen()) {
                leave(latest);
            }
            time.advanceMillis(60);
        }
        int invokes = lambda().starts().size();
        assertTrue(invokes <= 25, invokes + " invokes in a minute");
    }

    @Test
    void goesOnTickingWhateverACallbackThrows() {
        PendingRequest faulty = new PendingRequest() {
            @Override
            protected void assigned(Channel channel) {}

            @Override
            protected void refused(Refusal why) {
                throw new IllegalStateException("the relay has a fault");
            }
        };
        test.pool.submit(faulty);
        TestRequest next = test.submit();
        assertThrows(IllegalStateException.class, () -> time.advance(TestPool.REQUEST_TIMEOUT));
        time.advanceMillis(100);
        assertEquals(List.of(Refusal.UNAVAILABLE), next.refusals());
    }

    // Requests that nobody serves

    @Test
    void refusesWithTimedOutWhenInstancesAreMerelyBusy() {
        test.openInstance(1);
        TestRequest running = test.submit();
        TestRequest waiting = test.submit();
        time.advance(TestPool.REQUEST_TIMEOUT.minusMillis(1));
        assertTrue(waiting.isWaiting());
        time.advanceMillis(50);
        assertEquals(List.of(Refusal.TIMED_OUT), waiting.refusals());
        assertTrue(running.isAssigned());
        assertEquals(List.of(), running.refusals());
    }

    @Test
    void refusesWithUnavailableWhenNoInstanceCanBeStarted() {
        lambda().breakWith(Reason.ACCESS_DENIED);
        TestRequest request = test.submit();
        time.advance(TestPool.REQUEST_TIMEOUT.plusMillis(50));
        assertEquals(List.of(Refusal.UNAVAILABLE), request.refusals());
        assertTrue(test.pool.retryAfterNanos() > 0);
        assertSleeps();
    }

    @Test
    void tellsHowLongARefusedUserShouldWait() {
        test.drawing(1);
        lambda().breakWith(Reason.THROTTLED);
        test.submit();
        time.runDue();
        assertEquals(Duration.ofMillis(250).toNanos(), test.pool.retryAfterNanos());
        time.advanceMillis(100);
        assertEquals(Duration.ofMillis(150).toNanos(), test.pool.retryAfterNanos());
    }

    @Test
    void refusesAtOnceWhenTheQueueIsFull() {
        test = new TestPool(time, 10, 2, new SimplePlanner(10, 2, SimplePlanner.SCALE_DOWN_DELAY));
        test.submit(2);
        TestRequest third = test.submit();
        assertEquals(List.of(Refusal.QUEUE_FULL), third.refusals());
    }

    @Test
    void forgetsARequestThatWasCancelledInTheQueue() {
        List<TestRequest> requests = test.submit(2);
        assertTrue(test.pool.cancel(requests.get(0)));
        assertFalse(test.pool.cancel(requests.get(0)));
        time.runDue();
        TestChannel channel = test.open(test.instance(0));
        assertTrue(requests.get(0).isWaiting(), "it was told nothing");
        assertEquals(List.of(channel), requests.get(1).channels());
        assertFalse(test.pool.cancel(requests.get(1)));
    }

    @Test
    void sleepsAgainWhenAllUsersLeft() {
        test.submit(3).forEach(request -> assertTrue(test.pool.cancel(request)));
        time.runDue();
        assertEquals(List.of(), lambda().starts());
        assertSleeps();
    }

    // Failing, recovering, being told

    private List<String> heard(String about) {
        return test.log.stream().filter(line -> line.startsWith(about)).toList();
    }

    @Test
    void tellsOnceThatStartsFailAndOnceThatTheySucceed() {
        lambda().breakWith(Reason.THROTTLED);
        TestRequest request = test.submit();
        time.advance(Duration.ofSeconds(20));
        assertEquals(List.of("starts fail: THROTTLED"), heard("starts"));
        assertEquals(Reason.THROTTLED, test.pool.failure().orElseThrow().reason());
        lambda().repair();
        time.advance(Duration.ofSeconds(31));
        TestChannel channel = test.open(test.instances.get(test.instances.size() - 1));
        assertEquals(List.of(channel), request.channels());
        time.advanceMillis(500);
        assertEquals(1, heard("starts").size(), "nothing is proved yet");
        test.answered(channel);
        time.advanceMillis(500);
        assertEquals(List.of("starts fail: THROTTLED", "starts succeed"), heard("starts"));
        assertTrue(test.pool.failure().isEmpty());
    }

    @Test
    void tellsAgainWhenItFailsForAnotherReason() {
        lambda().breakWith(Reason.THROTTLED);
        test.submit();
        time.advance(Duration.ofSeconds(10));
        lambda().breakWith(Reason.ACCESS_DENIED);
        time.advance(Duration.ofSeconds(30));
        assertEquals(List.of("starts fail: THROTTLED", "starts fail: ACCESS_DENIED"), heard("starts"));
    }

    @Test
    void backsOffFromInstancesThatOpenAndDieAtOnce() {
        test.submit(100);
        for (int i = 0; i < 1_000; i++) {
            time.advanceMillis(60);
            for (LambdaInstance instance : List.copyOf(test.instances)) {
                if (instance.state == LambdaInstance.State.STARTING) {
                    test.open(instance);
                    lambda().invokeOf(instance.id()).fail(Reason.FUNCTION_ERROR);
                }
            }
        }
        int invokes = lambda().starts().size();
        // Each of some eight probes lets the others start once, before they die too.
        assertTrue(invokes <= 160, invokes + " invokes in a minute");
    }

    @Test
    void doesNotBackOffFromInstancesThatDiedAfterTheyServed() {
        test.submit(100);
        for (int i = 0; i < 20; i++) {
            time.advanceMillis(60);
            LambdaInstance instance = test.instances.get(test.instances.size() - 1);
            TestChannel channel = test.open(instance);
            test.answered(channel);
            lambda().invokeOf(instance.id()).fail(Reason.FUNCTION_ERROR);
            time.runDue();
            assertEquals(0, test.pool.retryAfterNanos(), "it was worth its start");
        }
    }

    @Test
    void refusesAtOnceThoseWhoWouldNotWaitUntilTheNextProbe() {
        test.drawing(1);
        lambda().breakWith(Reason.UNREACHABLE);
        TestRequest first = test.submit();
        time.advance(TestPool.REQUEST_TIMEOUT.minusSeconds(40));
        TestRequest later = test.submit();
        assertTrue(first.isWaiting());
        time.advance(Duration.ofSeconds(30));
        // Probes came at 0.25, 0.75, 1.75, 3.75, 7.75, 15.75, 31.75, 61.75, 91.75; the next one comes 1.75 s too late.
        assertEquals(List.of(Refusal.UNAVAILABLE), first.refusals());
        assertTrue(later.isWaiting());
        assertTrue(test.pool.retryAfterNanos() > 0);
    }

    @Test
    void letsThemWaitAsLongAsAProbeIsUnderWay() {
        lambda().breakWith(Reason.UNREACHABLE);
        test.submit();
        time.runDue();
        lambda().repair();
        TestRequest request = test.submit();
        time.advance(Duration.ofSeconds(20));
        TestChannel channel = test.open(test.instances.get(test.instances.size() - 1));
        assertTrue(request.isWaiting());
        test.answered(channel);
        test.open(channel.instance());
        assertTrue(request.isAssigned());
    }

    @Test
    void refusesEverybodyAtOnceWhileTheFunctionDoesNotExist() {
        test.drawing(1);
        lambda().breakWith(Reason.NOT_FOUND);
        List<TestRequest> requests = test.submit(3);
        time.runDue();
        requests.forEach(request -> assertEquals(List.of(Refusal.UNAVAILABLE), request.refusals()));
        TestRequest next = test.submit();
        time.advanceMillis(50);
        assertEquals(List.of(Refusal.UNAVAILABLE), next.refusals());
        assertEquals(1, lambda().starts().size(), "nobody asked AWS again");
        // When the backoff is over, whoever comes is the probe.
        time.advanceMillis(250);
        lambda().repair();
        TestRequest probe = test.submit();
        time.advanceMillis(50);
        assertEquals(2, lambda().starts().size());
        assertEquals(List.of(test.open(test.instance(1))), probe.channels());
    }

    @Test
    void refusesNobodyForAFailureWhileAnInstanceIsOpen() {
        test.openInstance(1);
        test.submit();
        lambda().breakWith(Reason.NOT_FOUND);
        List<TestRequest> waiting = test.submit(50);
        time.advance(Duration.ofSeconds(100));
        waiting.forEach(request -> assertTrue(request.isWaiting()));
    }

    @Test
    void givesUpAnInstanceThatWasToldToLeaveAndNeverCameNear() {
        TestRequest request = test.submit();
        time.runDue();
        test.pool.cancel(request);
        test.pool.close();
        time.advance(TestPool.START_TIMEOUT.plusMillis(300));
        assertEquals(0, test.pool.snapshot().draining());
        assertSleeps();
    }

    @Test
    void makesFewerThanTwentyInvokesDuringAThrottleOfTenSeconds() {
        test.drawing(0);
        test.openInstance(20);
        List<TestRequest> running = test.submit(10);
        lambda().breakWith(Reason.THROTTLED);
        int before = lambda().all().size();
        for (int i = 0; i < 200; i++) {
            test.submit(2);
            time.advanceMillis(50);
        }
        int invokes = lambda().all().size() - before;
        assertTrue(invokes < 20, invokes + " invokes");
        assertTrue(running.stream().allMatch(TestRequest::isAssigned));
    }
}
