package io.lambdadispatch.router.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.protocol.ExitReason;
import io.lambdadispatch.router.engine.InvokeOutcome.Reason;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How many instances there are, and why; through the pool, on a fake clock. */
class FleetTest {
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

    // From zero

    @Test
    void sleepsUntilTheFirstRequestComes() {
        assertTrue(time.nothingScheduled());
        assertEquals(List.of(), lambda().starts());
    }

    @Test
    void startsAnInstanceAtOnceForTheFirstRequest() {
        TestRequest request = test.submit();
        time.runDue();
        assertEquals(
                Invocation.channels("function:live", "blue", new Identity("instance-0", "token-0"), 20, false),
                lambda().start(0).invocation);
        time.advanceMillis(1_500);
        assertTrue(request.isWaiting());
        TestChannel channel = test.open(test.instance(0));
        assertEquals(List.of(channel), request.channels());
        assertEquals(List.of("starting instance-0", "opened instance-0 after 1500 ms"), test.log);
    }

    @Test
    void startsNoSecondInstanceWhileTheFirstStarts() {
        test.submit();
        time.advanceMillis(2_000);
        assertEquals(1, lambda().starts().size());
    }

    @Test
    void startsOneInstanceAgainEachTimeAfterItSlept() {
        for (int i = 0; i < 3; i++) {
            TestRequest request = test.submit();
            time.advanceMillis(1_000);
            assertEquals(i + 1, lambda().starts().size());
            test.released(open(i, request));
            time.advanceMillis(250);
            leave(i);
            assertSleeps();
        }
    }

    private TestChannel open(int index, TestRequest request) {
        TestChannel channel = test.open(test.instance(index));
        assertEquals(List.of(channel), request.channels());
        return channel;
    }

    @Test
    void startsManyInBoundedSteps() {
        List<TestRequest> requests = test.submit(1_000);
        time.runDue();
        assertEquals(5, lambda().starts().size());
        time.advanceMillis(250);
        assertEquals(36, lambda().starts().size());
        time.advanceMillis(3_000);
        assertEquals(48, lambda().starts().size());
        test.instances.forEach(instance -> test.open(instance, 10));
        assertEquals(480, requests.stream().filter(TestRequest::isAssigned).count());
    }

    // Buddies

    @Test
    void warmsABuddy100MillisecondsAfterEachStart() {
        test.submit();
        time.advanceMillis(99);
        assertEquals(List.of(), lambda().buddies());
        time.advanceMillis(1);
        assertEquals(1, lambda().buddies().size());
        Invocation buddy = lambda().buddies().get(0).invocation;
        assertEquals(Invocation.warming("function:live", "blue", "instance-0-initonly"), buddy);
    }

    @Test
    void doesNotCountABuddyAsAnInstance() {
        test.submit();
        time.advanceMillis(100);
        assertEquals(1, test.pool.snapshot().starting());
        lambda().buddies().get(0).answer(ExitReason.SELF_INIT_ONLY);
        time.advanceMillis(1);
        assertEquals(1, test.pool.snapshot().starting());
        assertTrue(test.pool.instance("instance-0-initonly").isEmpty());
    }

    @Test
    void doesNotCareWhetherABuddyFails() {
        test.submit();
        time.advanceMillis(100);
        lambda().buddies().get(0).fail(Reason.THROTTLED);
        time.advanceMillis(1);
        assertEquals(0, test.pool.retryAfterNanos());
    }

    @Test
    void warmsNoBuddyForAnInstanceThatFailed() {
        test.submit();
        time.runDue();
        lambda().start(0).fail(Reason.FUNCTION_ERROR);
        time.advanceMillis(110);
        assertEquals(List.of(), lambda().buddies());
    }

    // Staying, replacing, leaving

    @Test
    void replacesAnInstanceThatSaysItLeavesBeforeItIsGone() {
        LambdaInstance leaving = test.openInstance(2);
        TestRequest running = test.submit();
        time.advanceMillis(100);
        test.pool.drain(leaving, DrainReason.ASKED);
        time.runDue();
        assertEquals(2, lambda().starts().size());
        assertFalse(test.pool.isServing(leaving));
        assertTrue(test.pool.isServing(test.instance(1)));
        assertEquals(0, running.channels().get(0).goAways(), "what it runs finishes");
    }

    @Test
    void replacesAnInstanceThatDiesAtOnce() {
        test.openInstance(1);
        test.submit();
        lambda().start(0).fail(Reason.FUNCTION_ERROR);
        time.runDue();
        assertEquals(2, lambda().starts().size());
        assertEquals(0, test.pool.retryAfterNanos(), "it did start, so this is no reason to wait");
    }

    @Test
    void doesNotReplaceAnInstanceThatNobodyNeeds() {
        test.openInstance(1);
        time.advanceMillis(1_000);
        lambda().start(0).answer(ExitReason.ROUTER_GO_AWAY);
        time.advanceMillis(1_000);
        assertEquals(1, lambda().starts().size());
    }

    @Test
    void tellsSurplusInstancesToLeaveThroughTheirIdleChannels() {
        test.submit();
        time.runDue();
        List<TestChannel> channels = test.open(test.instance(0), 3);
        test.released(channels.get(0));
        time.advanceMillis(250);
        assertEquals(0, channels.get(1).goAways());
        time.advanceMillis(200);
        assertEquals(
                List.of(0, 1, 1), channels.stream().map(TestChannel::goAways).toList());
        assertFalse(test.pool.opened(new TestChannel(test.instance(0))));
        assertEquals("draining instance-0 SURPLUS", test.log.get(test.log.size() - 1));
    }

    @Test
    void drainsTheInstancesThatRunLeastFirst() {
        AtomicInteger desired = new AtomicInteger(3);
        test = new TestPool(time, 10, 10, TestPool.wanting(desired::get));
        test.submit(6);
        time.runDue();
        test.instances.forEach(instance -> test.open(instance, 4));
        test.submit(1);
        LambdaInstance busiest = test.instances.stream()
                .max(Comparator.comparingInt(instance -> instance.running))
                .orElseThrow();
        desired.set(1);
        time.advanceMillis(50);
        assertEquals(1, test.pool.snapshot().open());
        assertTrue(test.pool.isServing(busiest));
    }

    @Test
    void neverDrainsWhileARequestWaits() {
        AtomicInteger desired = new AtomicInteger(2);
        test = new TestPool(time, 1, 10, TestPool.wanting(desired::get));
        test.submit(3);
        time.runDue();
        test.instances.forEach(instance -> test.open(instance, 2));
        desired.set(0);
        time.advanceMillis(500);
        assertEquals(2, test.pool.snapshot().open());
    }

    @Test
    void doesNotReplaceIdleInstancesWhileItsStepsInAreUsedUp() {
        List<TestRequest> requests = test.submit(200);
        time.advanceMillis(500);
        test.instances.forEach(instance -> test.open(instance, 20));
        requests.stream()
                .filter(TestRequest::isAssigned)
                .forEach(request -> test.released(request.channels().get(0)));
        requests.forEach(test.pool::cancel);
        time.advanceMillis(60);
        int before = test.instances.size();
        test.instances.stream()
                .filter(instance -> instance.state == LambdaInstance.State.STARTING)
                .forEach(test::open);
        // One request keeps running; all other instances leave after their 250 idle milliseconds.
        TestRequest last = test.submit();
        time.advanceMillis(250);
        for (int i = 0; i < before; i++) {
            if (!test.instance(i).equals(last.channels().get(0).instance())) {
                leave(i);
            }
        }
        time.advanceMillis(5_000);
        assertEquals(before, test.instances.size(), "none of them was replaced");
        assertTrue(last.isAssigned());
    }

    @Test
    void abortsWhatADeadInstanceRanAfterASecond() {
        LambdaInstance dead = test.openInstance(3);
        List<TestRequest> running = test.submit(2);
        TestRequest finished = running.get(1);
        lambda().start(0).fail(Reason.FUNCTION_ERROR);
        time.runDue();
        test.released(finished.channels().get(0));
        time.advanceMillis(999);
        assertEquals(0, running.get(0).channels().get(0).aborts());
        time.advanceMillis(1);
        assertEquals(1, running.get(0).channels().get(0).aborts());
        assertEquals(0, finished.channels().get(0).aborts());
        assertTrue(test.pool.instance(dead.id()).isEmpty());
    }

    @Test
    void tellsTheIdleChannelsOfADeadInstanceToGoAway() {
        LambdaInstance instance = test.openInstance(0);
        TestChannel idle = test.open(instance);
        lambda().start(0).answer(ExitReason.SELF_DEADLINE);
        time.runDue();
        assertEquals(1, idle.goAways());
        assertFalse(test.pool.opened(new TestChannel(instance)));
        assertEquals(0, test.pool.snapshot().idleChannels());
    }

    @Test
    void leavesNothingScheduledWhenItSleeps() {
        TestRequest request = test.submit();
        time.advanceMillis(500);
        test.released(open(0, request));
        assertFalse(time.nothingScheduled());
        time.advanceMillis(300);
        lambda().start(0).answer(ExitReason.ROUTER_GO_AWAY);
        assertSleeps();
        assertEquals(1, lambda().starts().size());
    }

    @Test
    void hasOneTickHoweverManyRequestsCome() {
        for (int i = 0; i < 20; i++) {
            test.submit();
            time.advanceMillis(7);
        }
        time.advanceMillis(200);
        assertEquals(1, time.dueIn().size(), time.toString());
    }

    // Retrying

    @Test
    void retriesOnAnotherInstanceAheadOfThoseWhoCameLater() {
        test.openInstance(1);
        TestRequest broken = test.submit();
        TestRequest later = test.submit();
        lambda().start(0).fail(Reason.FUNCTION_ERROR);
        time.runDue();
        test.pool.retry(broken);
        LambdaInstance next = test.instance(1);
        TestChannel first = test.open(next);
        TestChannel second = test.open(next);
        assertSame(first, broken.channels().get(1));
        assertEquals(List.of(second), later.channels());
    }

    @Test
    void servesARetriedRequestThoughThePoolIsClosedAndItsInstancesGone() {
        test.openInstance(1);
        TestRequest request = test.submit();
        test.pool.close();
        time.runDue();
        lambda().start(0).fail(Reason.FUNCTION_ERROR);
        time.runDue();
        test.pool.retry(request);
        time.advanceMillis(1_000);
        TestChannel channel = test.open(test.instance(1));
        assertSame(channel, request.channels().get(1));
        test.released(channel);
        time.advanceMillis(100);
        lambda().start(1).answer(ExitReason.ROUTER_GO_AWAY);
        assertSleeps();
    }

    @Test
    void wakesForARequestThatIsRetriedWhileItSleeps() {
        test.openInstance(1);
        TestRequest request = test.submit();
        lambda().start(0).fail(Reason.FUNCTION_ERROR);
        time.runDue();
        lambda().start(1).fail(Reason.FUNCTION_ERROR);
        test.released(request.channels().get(0));
        assertSleeps();
        test.pool.retry(request);
        assertFalse(time.nothingScheduled());
        time.advanceMillis(100);
        assertEquals(List.of(Refusal.UNAVAILABLE), request.refusals(), "its time is counted from its first arrival");
    }

    // Closing

    @Test
    void servesTheQueueThenDrainsWhenClosed() {
        test.openInstance(2);
        List<TestRequest> running = test.submit(2);
        List<TestRequest> waiting = test.submit(2);
        test.pool.close();
        assertEquals(List.of(Refusal.SHUTTING_DOWN), test.submit().refusals());
        time.advanceMillis(100);
        assertTrue(test.pool.isServing(test.instance(0)));
        List<TestChannel> channels = test.open(test.instance(0), 2);
        IntStream.range(0, 2)
                .forEach(i ->
                        assertEquals(List.of(channels.get(i)), waiting.get(i).channels()));
        TestChannel idle = test.open(test.instance(0));
        time.advanceMillis(50);
        assertFalse(test.pool.isServing(test.instance(0)));
        assertEquals(1, idle.goAways());
        running.forEach(request -> test.released(request.channels().get(0)));
        channels.forEach(test::released);
        lambda().starts().forEach(start -> start.answer(ExitReason.ROUTER_GO_AWAY));
        assertSleeps();
    }

    @Test
    void startsInstancesForThoseWhoWaitThoughClosed() {
        TestRequest request = test.submit();
        test.pool.close();
        time.runDue();
        assertEquals(1, lambda().starts().size());
        TestChannel channel = test.open(test.instance(0));
        assertEquals(List.of(channel), request.channels());
        time.advanceMillis(50);
        assertFalse(test.pool.isServing(test.instance(0)));
    }

    @Test
    void drainsInstancesThatStillStartWhenClosed() {
        TestRequest request = test.submit();
        time.runDue();
        test.pool.close();
        test.pool.cancel(request);
        time.advanceMillis(50);
        assertFalse(test.pool.opened(new TestChannel(test.instance(0))), "its first channel is told to go away");
        assertTrue(test.log.contains("draining instance-0 CLOSING"), test.log.toString());
        time.advanceMillis(100);
        assertEquals(List.of(), lambda().buddies());
        lambda().start(0).answer(ExitReason.ROUTER_GO_AWAY);
        assertSleeps();
        assertTrue(test.log.contains("ended instance-0 RouterGoAway"), "as it was told, which is no failure");
    }

    @Test
    void takesAnInstanceThatLeavesWithoutHavingCalledBackForAFailure() {
        test.submit();
        time.runDue();
        lambda().start(0).answer(ExitReason.ROUTER_UNREACHABLE);
        time.runDue();
        assertEquals(
                List.of("starting instance-0", "starts fail: NOT_CALLED_BACK", "ended instance-0 NOT_CALLED_BACK"),
                test.log);
        assertTrue(test.pool.failure().orElseThrow().message().endsWith("RouterUnreachable"));
    }

    /** As a client does whose first channel is refused: it asks to leave, and answers. */
    @Test
    void takesAnInstanceThatAskedToLeaveBeforeItCalledBackForAFailureToo() {
        test.submit();
        time.runDue();
        test.pool.drain(test.instance(0), DrainReason.ASKED);
        lambda().start(0).answer(ExitReason.ROUTER_STATUS_5XX);
        time.runDue();
        assertTrue(test.log.contains("starts fail: NOT_CALLED_BACK"), test.log.toString());
        assertTrue(test.pool.retryAfterNanos() > 0);
    }

    @Test
    void closesWithoutWakingWhenItSleeps() {
        test.pool.close();
        assertSleeps();
        assertEquals(List.of(), lambda().starts());
    }

    // Leaving

    @Test
    void tellsALeavingInstanceWhenEverythingItAnsweredWasRead() {
        TestRequest request = test.submit();
        time.runDue();
        TestChannel channel = test.open(test.instance(0));
        AtomicInteger told = new AtomicInteger();
        test.pool.closeAsked(test.instance(0), told::incrementAndGet);
        assertEquals(0, told.get());
        assertTrue(test.log.contains("draining instance-0 ASKED"), test.log.toString());
        test.released(channel);
        assertEquals(1, told.get());
        test.released(channel);
        assertEquals(1, told.get());
        assertEquals(List.of(channel), request.channels());
    }

    @Test
    void tellsALeavingInstanceWithoutWorkAtOnce() {
        test.submit();
        time.runDue();
        test.released(test.open(test.instance(0)));
        AtomicInteger told = new AtomicInteger();
        test.pool.closeAsked(test.instance(0), told::incrementAndGet);
        assertEquals(1, told.get());
    }
}
