package io.lambdadispatch.router.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.protocol.ExitReason;
import io.lambdadispatch.router.engine.InvokeOutcome.Reason;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What happens to an instance that is open: its deadline nears, it falls silent, it is kept though nobody needs it. */
class InstanceLifeTest {
    private static final Duration SILENCE = Duration.ofSeconds(10);
    private static final Duration LIFE = Duration.ofMinutes(14);

    @RegisterExtension
    final FakeTime time = new FakeTime();

    private TestPool test = new TestPool(time);

    private static PoolSettings settings(int minInstances, int maxInstances, Duration silence) {
        return new PoolSettings(
                "blue",
                "function:live",
                10,
                20,
                1_000,
                TestPool.REQUEST_TIMEOUT,
                TestPool.START_TIMEOUT,
                silence,
                minInstances,
                maxInstances);
    }

    private TestPool pool(PoolSettings settings) {
        return new TestPool(time, settings, new SimplePlanner(10, 2, SimplePlanner.SCALE_DOWN_DELAY));
    }

    private FakeLambda lambda() {
        return test.lambda;
    }

    /** One instance that opened after a second, with a request that runs all the time, and says when it leaves. */
    private LambdaInstance busyInstance(Duration life) {
        test.submit();
        time.advanceMillis(1_000);
        LambdaInstance instance = test.instance(0);
        test.open(instance, 20);
        test.pool.leavesIn(instance, life.toNanos());
        return instance;
    }

    // The deadline

    @Test
    void startsTheSuccessorBeforeAnInstanceLeaves() {
        LambdaInstance old = busyInstance(LIFE);
        // A start took 1 s: twice that, before it leaves.
        time.advance(LIFE.minusMillis(2_300));
        assertEquals(1, lambda().starts().size());
        time.advanceMillis(600);
        assertEquals(2, lambda().starts().size());
        assertTrue(test.pool.isServing(old), "it serves on");
        TestRequest request = test.submit();
        assertEquals(old, request.channels().get(0).instance());
    }

    @Test
    void hasTwoOpenForAMomentAndOneAfter() {
        LambdaInstance old = busyInstance(LIFE);
        time.advance(LIFE.minusMillis(1_700));
        LambdaInstance successor = test.instance(1);
        test.open(successor, 20);
        time.advanceMillis(1_000);
        assertEquals(2, test.pool.snapshot().open());
        assertEquals(1, test.pool.snapshot().expiring());
        assertEquals(2, lambda().starts().size(), "the one that leaves is not counted, nor is it too many");
        assertEquals(
                1, test.log.stream().filter(line -> line.startsWith("expiring")).count(), test.log.toString());
        test.pool.closeAsked(old, () -> {});
        assertTrue(test.log.contains("draining " + old.id() + " DEADLINE"), test.log.toString());
        time.advanceMillis(1_000);
        assertEquals(1, test.pool.snapshot().open());
        assertEquals(0, test.pool.snapshot().expiring());
        assertEquals(2, lambda().starts().size());
        assertTrue(test.pool.isServing(successor));
    }

    @Test
    void replacesEachOnceHoweverLongItStaysAfter() {
        busyInstance(LIFE);
        time.advance(LIFE);
        assertEquals(2, lambda().starts().size());
        test.open(test.instance(1), 20);
        time.advance(Duration.ofMinutes(1));
        assertEquals(2, lambda().starts().size());
    }

    @Test
    void doesNotReplaceInALoopWhenLivesAreShort() {
        busyInstance(Duration.ofSeconds(2));
        for (int i = 1; i <= 10; i++) {
            for (int ms = 0; ms < 2_000; ms += 50) {
                time.advanceMillis(50);
                for (LambdaInstance instance : List.copyOf(test.instances)) {
                    if (instance.state == LambdaInstance.State.STARTING) {
                        test.open(instance, 2);
                        test.pool.leavesIn(instance, Duration.ofSeconds(2).toNanos());
                    }
                }
            }
        }
        int starts = lambda().starts().size();
        assertTrue(starts <= 16, starts + " starts in 20 s, of lives of 2 s");
    }

    @Test
    void replacesAnInstanceWhoseTimeIsOverAlready() {
        busyInstance(Duration.ofSeconds(-1));
        time.advanceMillis(300);
        assertEquals(2, lambda().starts().size());
        test.open(test.instance(1));
        time.advance(Duration.ofSeconds(20));
        assertEquals(2, lambda().starts().size());
    }

    @Test
    void replacesThoseThatLeaveTogetherOneAfterTheOther() {
        test = new TestPool(time, 10, 100, TestPool.wanting(() -> 20));
        test.submit();
        time.advanceMillis(4_000);
        test.instances.forEach(instance -> test.open(instance, 2));
        for (int i = 0; i < 20; i++) {
            test.drawing(i / 20.0);
            test.pool.leavesIn(test.instance(i), LIFE.minusMillis(250L * i).toNanos());
            time.advanceMillis(250);
        }
        time.advance(LIFE.minusSeconds(20));
        assertEquals(20, lambda().starts().size());
        int most = 0;
        for (int i = 0; i < 60; i++) {
            int before = lambda().starts().size();
            time.advanceMillis(250);
            most = Math.max(most, lambda().starts().size() - before);
        }
        assertEquals(40, lambda().starts().size());
        assertTrue(most <= 3, most + " at once");
    }

    @Test
    void believesWhatItSaidFirst() {
        LambdaInstance instance = busyInstance(LIFE);
        assertTrue(instance.knowsWhenItLeaves());
        test.pool.leavesIn(instance, 0);
        time.advanceMillis(1_000);
        assertEquals(1, lambda().starts().size(), "what it said first holds");
    }

    // Silence

    @Test
    void takesAnInstanceThatFallsSilentForLost() {
        test = pool(settings(0, 100, SILENCE));
        test.submit(2);
        time.advanceMillis(1_000);
        LambdaInstance instance = test.instance(0);
        List<TestChannel> channels = test.open(instance, 3);
        time.advance(SILENCE.plusMillis(500));
        assertTrue(test.log.contains("ended instance-0 LOST"), test.log.toString());
        assertEquals(
                List.of(1, 1, 1), channels.stream().map(TestChannel::aborts).toList());
        assertEquals(1, channels.get(2).goAways(), "the one that nobody used");
        assertTrue(test.pool.instance(instance.id()).isEmpty());
    }

    @Test
    void keepsAnInstanceFromWhichAnythingComes() {
        test = pool(settings(0, 100, SILENCE));
        test.submit();
        time.advanceMillis(1_000);
        LambdaInstance instance = test.instance(0);
        test.open(instance, 3);
        for (int i = 0; i < 100; i++) {
            time.advance(SILENCE.minusMillis(600));
            instance.heard();
        }
        assertTrue(test.pool.isServing(instance));
    }

    @Test
    void takesAChannelForALifeSign() {
        test = pool(settings(0, 100, SILENCE));
        test.submit();
        time.advanceMillis(1_000);
        for (int i = 0; i < 10; i++) {
            test.open(test.instance(0));
            time.advance(SILENCE.minusMillis(600));
        }
        assertTrue(test.pool.isServing(test.instance(0)));
    }

    @Test
    void blamesNobodyForTheTimeWhenTheRouterItselfStoodStill() {
        test = pool(settings(0, 100, SILENCE));
        test.submit();
        time.advanceMillis(1_000);
        LambdaInstance instance = test.instance(0);
        test.open(instance, 3);
        time.advance(Duration.ofSeconds(2));
        time.standStill(Duration.ofMinutes(5));
        time.advanceMillis(1_000);
        assertTrue(test.pool.isServing(instance));
        instance.heard();
        time.advance(SILENCE.minusSeconds(1));
        assertTrue(test.pool.isServing(instance));
    }

    @Test
    void waitsForEverWhereSilenceMeansNothing() {
        test.submit();
        time.advanceMillis(1_000);
        test.open(test.instance(0), 3);
        time.advance(Duration.ofHours(1));
        assertTrue(test.pool.isServing(test.instance(0)));
    }

    @Test
    void losesADrainingInstanceOnlyWhenItIsOneThatPingsToItsEnd() {
        test = pool(settings(0, 100, SILENCE));
        test.submit(20);
        time.advanceMillis(1_000);
        LambdaInstance ours = test.instance(0);
        LambdaInstance reference = test.instance(1);
        test.open(ours, 3);
        test.open(reference, 3);
        test.pool.leavesIn(ours, LIFE.toNanos());
        test.pool.drain(ours, DrainReason.ASKED);
        test.pool.drain(reference, DrainReason.ASKED);
        time.advance(SILENCE.plusMillis(500));
        assertTrue(test.log.contains("ended " + ours.id() + " LOST"), test.log.toString());
        assertTrue(test.pool.instance(reference.id()).isPresent());
    }

    @Test
    void replacesALostInstanceAtOnceWhenItHadServed() {
        test = pool(settings(0, 100, SILENCE));
        LambdaInstance instance = test.openInstance(3);
        test.submit();
        time.advance(SILENCE.plusMillis(500));
        assertTrue(test.log.contains("ended " + instance.id() + " LOST"), test.log.toString());
        assertEquals(2, lambda().starts().size());
        assertEquals(0, test.pool.retryAfterNanos());
    }

    // As many as there are to be in any case, and at most

    @Test
    void keepsTheLeastNumberWithoutAnyRequest() {
        test = pool(settings(2, 100, Duration.ZERO));
        assertTrue(time.nothingScheduled());
        test.pool.start();
        time.runDue();
        assertEquals(2, lambda().starts().size());
        assertTrue(lambda().start(0).invocation.staysIdle(), "it must not leave because nobody needs it");
        test.instances.forEach(instance -> test.open(instance, 20));
        time.advance(Duration.ofMinutes(5));
        assertEquals(2, test.pool.snapshot().open());
        lambda().start(0).answer(ExitReason.SELF_DEADLINE);
        time.runDue();
        assertEquals(3, lambda().starts().size());
        assertFalse(test.pool.snapshot().isDormant());
    }

    @Test
    void goesOnTryingToKeepThem() {
        test = pool(settings(1, 100, Duration.ZERO));
        lambda().breakWith(Reason.THROTTLED);
        test.pool.start();
        time.advance(Duration.ofMinutes(2));
        int before = lambda().starts().size();
        assertTrue(before >= 6 && before <= 15, before + " attempts");
        lambda().repair();
        while (lambda().starts().size() == before) {
            time.advanceMillis(50);
        }
        test.open(test.instance(before));
        time.advance(Duration.ofMinutes(1));
        assertEquals(1, test.pool.snapshot().open());
        assertEquals(before + 1, lambda().starts().size());
    }

    @Test
    void keepsNobodyOnceClosed() {
        test = pool(settings(2, 100, Duration.ZERO));
        test.pool.start();
        time.runDue();
        List<TestChannel> channels = test.instances.stream().map(test::open).toList();
        test.pool.close();
        time.advanceMillis(100);
        assertEquals(List.of(1, 1), channels.stream().map(TestChannel::goAways).toList());
        lambda().starts().forEach(start -> start.answer(ExitReason.ROUTER_GO_AWAY));
        time.advance(Duration.ofMinutes(1));
        assertTrue(time.nothingScheduled());
        assertEquals(2, lambda().starts().size());
    }

    @Test
    void startsNoMoreThanTheMostHoweverManyWait() {
        test = pool(settings(0, 3, Duration.ZERO));
        List<TestRequest> requests = test.submit(900);
        time.advance(Duration.ofSeconds(20));
        assertEquals(3, lambda().starts().size());
        test.instances.forEach(instance -> test.open(instance, 20));
        time.advance(Duration.ofSeconds(20));
        assertEquals(3, lambda().starts().size());
        assertEquals(30, requests.stream().filter(TestRequest::isAssigned).count());
    }

    @Test
    void recoversQuicklyBelowTheMost() {
        test = pool(settings(0, 4, Duration.ZERO));
        test.submit(900);
        time.advance(Duration.ofSeconds(20));
        Stream.of(0, 1, 2).forEach(i -> lambda().start(i).fail(Reason.FUNCTION_ERROR));
        time.advance(Duration.ofMinutes(1));
        test.instances.stream()
                .filter(instance -> instance.state == LambdaInstance.State.STARTING)
                .toList()
                .forEach(instance -> test.answered(test.open(instance)));
        time.advance(Duration.ofSeconds(1));
        assertEquals(4, test.pool.snapshot().present());
    }
}
