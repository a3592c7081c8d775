package io.lambdadispatch.router.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.router.engine.Dispatcher.Admission;
import io.lambdadispatch.router.engine.Dispatcher.Opening;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DispatcherTest {
    private static final long TIMEOUT_NANOS = 1_000;

    private final Dispatcher dispatcher = new Dispatcher(2, 3);
    private long now = new FakeTime().nanoTime();
    private int instances;

    private LambdaInstance add() {
        LambdaInstance instance = new LambdaInstance("instance-" + instances++, "token", now);
        dispatcher.add(instance);
        return instance;
    }

    private TestChannel open(LambdaInstance instance) {
        TestChannel channel = new TestChannel(instance);
        assertTrue(dispatcher.open(channel).accepted());
        return channel;
    }

    private LambdaInstance addWithChannels(int channels) {
        LambdaInstance instance = add();
        Stream.generate(() -> open(instance)).limit(channels).forEach(channel -> {});
        return instance;
    }

    private TestRequest submit(Admission expected) {
        TestRequest request = new TestRequest();
        assertEquals(expected, dispatcher.submit(request, now));
        return request;
    }

    private static PendingRequest requestOf(Opening opening) {
        return opening.matched();
    }

    @Test
    void assignsARequestAtOnceWhenAChannelIsIdle() {
        LambdaInstance instance = add();
        TestChannel channel = open(instance);
        TestRequest request = submit(Admission.ASSIGNED);
        assertSame(channel, request.channel);
        assertEquals(new Observation(0, 1, 1, 0, 0, 1, 0), dispatcher.look());
    }

    @Test
    void queuesARequestWithoutAnyInstance() {
        submit(Admission.QUEUED);
        assertEquals(new Observation(1, 0, 0, 0, 0, 0, 0), dispatcher.look());
    }

    @Test
    void assignsTheFirstInTheQueueToAChannelThatOpens() {
        TestRequest first = submit(Admission.QUEUED);
        TestRequest second = submit(Admission.QUEUED);
        LambdaInstance instance = add();
        assertSame(first, requestOf(dispatcher.open(new TestChannel(instance))));
        assertSame(second, requestOf(dispatcher.open(new TestChannel(instance))));
        assertNull(requestOf(dispatcher.open(new TestChannel(instance))));
    }

    @Test
    void tellsTheFirstChannelOfAnInstanceOnly() {
        LambdaInstance instance = add();
        assertTrue(dispatcher.open(new TestChannel(instance)).first());
        assertFalse(dispatcher.open(new TestChannel(instance)).first());
    }

    @Test
    void runsNoMoreThanTheMaximumHoweverManyChannelsAreOpen() {
        LambdaInstance instance = addWithChannels(5);
        TestRequest first = submit(Admission.ASSIGNED);
        submit(Admission.ASSIGNED);
        TestRequest third = submit(Admission.QUEUED);
        assertEquals(3, dispatcher.look().idleChannels());
        assertSame(third, dispatcher.release(first.channel));
        assertEquals(2, instance.running);
    }

    @Test
    void givesNothingToAReleasedChannel() {
        addWithChannels(1);
        TestRequest first = submit(Admission.ASSIGNED);
        submit(Admission.QUEUED);
        assertNull(dispatcher.release(first.channel), "the channel is used up, there is no other");
        assertEquals(new Observation(1, 0, 1, 0, 0, 1, 0), dispatcher.look());
    }

    @Test
    void releasesAChannelOnce() {
        addWithChannels(3);
        TestRequest first = submit(Admission.ASSIGNED);
        submit(Admission.ASSIGNED);
        dispatcher.release(first.channel);
        assertNull(dispatcher.release(first.channel));
        assertEquals(1, dispatcher.look().running());
    }

    @Test
    void spreadsRequestsOverTheInstancesThatRunLeast() {
        LambdaInstance a = addWithChannels(2);
        LambdaInstance b = addWithChannels(2);
        List<LambdaInstance> chosen = Stream.generate(() -> submit(Admission.ASSIGNED).channel.instance)
                .limit(4)
                .toList();
        assertEquals(List.of(a, b, a, b), chosen);
    }

    @Test
    void usesTheChannelThatOpenedLast() {
        LambdaInstance instance = add();
        open(instance);
        TestChannel latest = open(instance);
        assertSame(latest, submit(Admission.ASSIGNED).channel);
    }

    @Test
    void refusesARequestWhenTheQueueIsFull() {
        submit(Admission.QUEUED);
        submit(Admission.QUEUED);
        submit(Admission.QUEUED);
        TestRequest fourth = submit(Admission.QUEUE_FULL);
        assertEquals(PendingRequest.State.ENDED, fourth.state);
        assertEquals(3, dispatcher.look().pending());
    }

    @Test
    void servesFromTheQueueInOrderAfterSomeLeft() {
        TestRequest a = submit(Admission.QUEUED);
        TestRequest b = submit(Admission.QUEUED);
        TestRequest c = submit(Admission.QUEUED);
        assertTrue(dispatcher.cancel(b));
        LambdaInstance instance = add();
        assertSame(a, requestOf(dispatcher.open(new TestChannel(instance))));
        assertSame(c, requestOf(dispatcher.open(new TestChannel(instance))));
    }

    @Test
    void cancelsOnlyARequestThatWaits() {
        addWithChannels(1);
        TestRequest running = submit(Admission.ASSIGNED);
        TestRequest waiting = submit(Admission.QUEUED);
        assertFalse(dispatcher.cancel(running));
        assertTrue(dispatcher.cancel(waiting));
        assertFalse(dispatcher.cancel(waiting));
        assertEquals(0, dispatcher.look().pending());
    }

    @Test
    void expiresRequestsOneByOneWhenTheirTimeIsOver() {
        TestRequest a = submit(Admission.QUEUED);
        now += 10;
        TestRequest b = submit(Admission.QUEUED);
        now += TIMEOUT_NANOS - 11;
        assertNull(dispatcher.expire(now, TIMEOUT_NANOS));
        now += 1;
        assertSame(a, dispatcher.expire(now, TIMEOUT_NANOS));
        assertNull(dispatcher.expire(now, TIMEOUT_NANOS));
        now += 10;
        assertSame(b, dispatcher.expire(now, TIMEOUT_NANOS));
        assertNull(dispatcher.expire(now, TIMEOUT_NANOS));
        assertFalse(dispatcher.cancel(b));
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE - 500, Long.MAX_VALUE, -500, Long.MIN_VALUE})
    void expiresAcrossTheOverflowOfTheClock(long start) {
        now = start;
        TestRequest request = submit(Admission.QUEUED);
        assertNull(dispatcher.expire(now + TIMEOUT_NANOS - 1, TIMEOUT_NANOS));
        assertSame(request, dispatcher.expire(now + TIMEOUT_NANOS, TIMEOUT_NANOS));
    }

    @Test
    void expiresARetriedRequestByItsFirstArrival() {
        LambdaInstance instance = addWithChannels(1);
        TestRequest retried = submit(Admission.ASSIGNED);
        now += 10;
        TestRequest waiting = submit(Admission.QUEUED);
        dispatcher.end(instance);
        dispatcher.release(retried.channel);
        assertEquals(Admission.QUEUED, dispatcher.resubmit(retried));
        now += TIMEOUT_NANOS - 10;
        assertSame(retried, dispatcher.expire(now, TIMEOUT_NANOS));
        assertNull(dispatcher.expire(now, TIMEOUT_NANOS));
        now += 10;
        assertSame(waiting, dispatcher.expire(now, TIMEOUT_NANOS));
    }

    @Test
    void givesRetriedRequestsTheirOldPlaces() {
        LambdaInstance instance = addWithChannels(2);
        TestRequest a = submit(Admission.ASSIGNED);
        TestRequest b = submit(Admission.ASSIGNED);
        TestRequest c = submit(Admission.QUEUED);
        dispatcher.end(instance);
        for (TestRequest broken : List.of(b, a)) {
            dispatcher.release(broken.channel);
            assertEquals(Admission.QUEUED, dispatcher.resubmit(broken));
        }
        LambdaInstance next = add();
        assertSame(a, requestOf(dispatcher.open(new TestChannel(next))));
        assertSame(b, requestOf(dispatcher.open(new TestChannel(next))));
        assertSame(c, dispatcher.release(firstReleasable(next, a)));
    }

    /** Opens one more channel, so that the slot of the request can go to whoever waits. */
    private Channel firstReleasable(LambdaInstance instance, TestRequest request) {
        open(instance);
        return request.channel;
    }

    @Test
    void retriesAtOnceWhereAChannelIsIdle() {
        LambdaInstance dead = addWithChannels(1);
        TestRequest request = submit(Admission.ASSIGNED);
        LambdaInstance alive = addWithChannels(1);
        Channel broken = request.channel;
        dispatcher.end(dead);
        dispatcher.release(broken);
        assertEquals(Admission.ASSIGNED, dispatcher.resubmit(request));
        assertNotSame(broken, request.channel);
        assertSame(alive, request.channel.instance);
    }

    @Test
    void retriesAlsoWhenTheQueueIsFullAndThePoolClosed() {
        LambdaInstance instance = addWithChannels(1);
        TestRequest running = submit(Admission.ASSIGNED);
        submit(Admission.QUEUED);
        submit(Admission.QUEUED);
        submit(Admission.QUEUED);
        dispatcher.close();
        dispatcher.end(instance);
        dispatcher.release(running.channel);
        assertEquals(Admission.QUEUED, dispatcher.resubmit(running));
        assertEquals(4, dispatcher.look().pending());
    }

    @Test
    void neverRetriesARequestWhoseChannelIsStillBusy() {
        addWithChannels(2);
        TestRequest request = submit(Admission.ASSIGNED);
        assertThrows(IllegalStateException.class, () -> dispatcher.resubmit(request));
        assertEquals(1, dispatcher.look().running());
    }

    @Test
    void neverRetriesARequestTwiceForOneFailure() {
        LambdaInstance instance = addWithChannels(1);
        TestRequest request = submit(Admission.ASSIGNED);
        dispatcher.end(instance);
        dispatcher.release(request.channel);
        dispatcher.resubmit(request);
        assertThrows(IllegalStateException.class, () -> dispatcher.resubmit(request));
        assertEquals(1, dispatcher.look().pending());
    }

    @Test
    void losesAnIdleChannel() {
        LambdaInstance instance = add();
        TestChannel channel = open(instance);
        assertTrue(dispatcher.lose(channel));
        assertFalse(dispatcher.lose(channel));
        assertEquals(0, dispatcher.look().idleChannels());
        submit(Admission.QUEUED);
    }

    @Test
    void doesNotLoseABusyChannel() {
        LambdaInstance instance = add();
        TestChannel channel = open(instance);
        submit(Admission.ASSIGNED);
        assertFalse(dispatcher.lose(channel));
        assertEquals(1, instance.running);
    }

    @Test
    void takesNoRequestOnceClosedButServesThoseThatWait() {
        TestRequest waiting = submit(Admission.QUEUED);
        dispatcher.close();
        assertEquals(PendingRequest.State.ENDED, submit(Admission.CLOSED).state);
        assertSame(waiting, requestOf(dispatcher.open(new TestChannel(add()))));
        submit(Admission.CLOSED);
    }

    @Test
    void drainsAnInstanceOnceAndGivesItNothingNew() {
        LambdaInstance instance = addWithChannels(3);
        TestRequest running = submit(Admission.ASSIGNED);
        assertEquals(2, dispatcher.drain(instance).orElseThrow().size());
        assertTrue(dispatcher.drain(instance).isEmpty());
        submit(Admission.QUEUED);
        assertFalse(dispatcher.open(new TestChannel(instance)).accepted());
        assertEquals(new Observation(1, 1, 1, 0, 0, 0, 1), dispatcher.look());
        assertNull(dispatcher.release(running.channel));
        assertEquals(0, instance.running);
    }

    @Test
    void keepsWhatADeadInstanceRanUntilItIsReleased() {
        LambdaInstance instance = addWithChannels(2);
        TestRequest running = submit(Admission.ASSIGNED);
        dispatcher.end(instance);
        assertNull(dispatcher.find(instance.id()));
        assertEquals(List.of(running.channel), dispatcher.busyChannels(instance));
        assertEquals(new Observation(0, 1, 1, 0, 0, 0, 0), dispatcher.look());
        dispatcher.release(running.channel);
        assertTrue(dispatcher.look().isDormant());
        assertEquals(List.of(), dispatcher.busyChannels(instance));
    }

    @Test
    void findsInstancesUntilTheyEnd() {
        LambdaInstance starting = add();
        LambdaInstance draining = addWithChannels(1);
        dispatcher.drain(draining);
        assertSame(starting, dispatcher.find(starting.id()));
        assertSame(draining, dispatcher.find(draining.id()));
        assertEquals(2, dispatcher.instances().size());
        dispatcher.end(starting);
        dispatcher.end(draining);
        assertNull(dispatcher.find(starting.id()));
        assertNull(dispatcher.find("nobody"));
        assertEquals(List.of(), dispatcher.instances());
    }

    @Test
    void remembersThePeakBetweenTwoObservations() {
        addWithChannels(4);
        TestRequest a = submit(Admission.ASSIGNED);
        TestRequest b = submit(Admission.ASSIGNED);
        dispatcher.release(a.channel);
        assertEquals(2, dispatcher.look().peakRunning());
        assertEquals(2, dispatcher.observe().peakRunning());
        assertEquals(1, dispatcher.observe().peakRunning());
        dispatcher.release(b.channel);
        assertEquals(1, dispatcher.observe().peakRunning());
        assertEquals(0, dispatcher.observe().peakRunning());
    }

    @Test
    void namesTheInstanceThatCanBeMissedMostEasily() {
        assertNull(dispatcher.leastBusy());
        LambdaInstance busy = addWithChannels(2);
        submit(Admission.ASSIGNED);
        assertSame(busy, dispatcher.leastBusy());
        LambdaInstance idle = addWithChannels(1);
        assertSame(idle, dispatcher.leastBusy());
    }
}
