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
import io.lambdadispatch.router.engine.Dispatcher.Parking;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DispatcherTest {
    private static final long TIMEOUT_NANOS = 1_000;

    private final Roster roster = new Roster(2);
    private final Dispatcher dispatcher = new Dispatcher(roster, 3);
    private long now = new FakeTime().nanoTime();
    private int instances;

    private LambdaInstance add() {
        LambdaInstance instance = new LambdaInstance("instance-" + instances++, "token", now);
        roster.add(instance);
        return instance;
    }

    private TestChannel open(LambdaInstance instance) {
        TestChannel channel = new TestChannel(instance);
        assertTrue(dispatcher.open(channel, now).accepted());
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
        assertEquals(Books.of(0, 1, 1, 0, 0, 1, 0), Books.in(dispatcher));
    }

    @Test
    void queuesARequestWithoutAnyInstance() {
        submit(Admission.QUEUED);
        assertEquals(Books.of(1, 0, 0, 0, 0, 0, 0), Books.in(dispatcher));
    }

    @Test
    void assignsTheFirstInTheQueueToAChannelThatOpens() {
        TestRequest first = submit(Admission.QUEUED);
        TestRequest second = submit(Admission.QUEUED);
        LambdaInstance instance = add();
        assertSame(first, requestOf(dispatcher.open(new TestChannel(instance), now)));
        assertSame(second, requestOf(dispatcher.open(new TestChannel(instance), now)));
        assertNull(requestOf(dispatcher.open(new TestChannel(instance), now)));
    }

    @Test
    void tellsTheFirstChannelOfAnInstanceOnly() {
        LambdaInstance instance = add();
        assertTrue(dispatcher.open(new TestChannel(instance), now).first());
        assertFalse(dispatcher.open(new TestChannel(instance), now).first());
    }

    @Test
    void runsNoMoreThanTheMaximumHoweverManyChannelsAreOpen() {
        LambdaInstance instance = addWithChannels(5);
        TestRequest first = submit(Admission.ASSIGNED);
        submit(Admission.ASSIGNED);
        TestRequest third = submit(Admission.QUEUED);
        assertEquals(3, dispatcher.snapshot().idleChannels());
        assertSame(third, dispatcher.release(first, first.channel, true, now));
        assertEquals(2, instance.running);
    }

    @Test
    void givesNothingToAReleasedChannel() {
        addWithChannels(1);
        TestRequest first = submit(Admission.ASSIGNED);
        submit(Admission.QUEUED);
        assertNull(dispatcher.release(first, first.channel, true, now), "the channel is used up, there is no other");
        assertEquals(Books.of(1, 0, 1, 0, 0, 1, 0), Books.in(dispatcher));
    }

    @Test
    void givesAReusedChannelToTheFirstInTheQueueAtOnce() {
        addWithChannels(1);
        TestRequest first = submit(Admission.ASSIGNED);
        Channel channel = first.channel;
        TestRequest second = submit(Admission.QUEUED);
        assertEquals(Parking.TAKEN, dispatcher.reuse(first, channel, now));
        assertSame(channel, second.channel);
        assertEquals(PendingRequest.State.ENDED, first.state);
        assertEquals(Books.of(0, 1, 1, 0, 0, 1, 0), Books.in(dispatcher));
    }

    @Test
    void parksAReusedChannelWhenNobodyWaits() {
        LambdaInstance instance = addWithChannels(1);
        TestRequest first = submit(Admission.ASSIGNED);
        assertEquals(Parking.IDLE, dispatcher.reuse(first, first.channel, now));
        assertEquals(Books.of(0, 0, 1, 1, 0, 1, 0), Books.in(dispatcher));
        assertEquals(1, instance.answered);
        assertSame(first.channel, submit(Admission.ASSIGNED).channel);
    }

    @Test
    void dismissesAReusedChannelOfAnInstanceThatDrains() {
        LambdaInstance instance = addWithChannels(1);
        TestRequest first = submit(Admission.ASSIGNED);
        roster.drain(instance);
        submit(Admission.QUEUED);
        assertEquals(Parking.DISMISSED, dispatcher.reuse(first, first.channel, now));
        assertEquals(Channel.State.CLOSED, first.channel.state);
        assertEquals(Books.of(1, 0, 1, 0, 0, 0, 1), Books.in(dispatcher));
        assertEquals(1, instance.answered);
        assertEquals(Parking.OVER, dispatcher.reuse(first, first.channel, now));
    }

    @Test
    void dismissesAReusedChannelOfADeadInstance() {
        LambdaInstance instance = addWithChannels(1);
        TestRequest first = submit(Admission.ASSIGNED);
        roster.end(instance);
        assertEquals(Parking.DISMISSED, dispatcher.reuse(first, first.channel, now));
        assertTrue(dispatcher.snapshot().isDormant());
    }

    @Test
    void neverFreesTheSlotOfTheNextRequestInAChannel() {
        LambdaInstance instance = addWithChannels(1);
        TestRequest first = submit(Admission.ASSIGNED);
        Channel channel = first.channel;
        TestRequest second = submit(Admission.QUEUED);
        dispatcher.reuse(first, channel, now);
        assertNull(dispatcher.release(first, channel, false, now));
        assertNull(dispatcher.release(first, channel, true, now));
        assertEquals(Parking.OVER, dispatcher.reuse(first, channel, now));
        assertTrue(channel.isOf(second));
        assertEquals(1, dispatcher.snapshot().running());
        assertEquals(1, instance.answered);
    }

    @Test
    void neverEndsTheSecondAttemptOfARequestWithItsFirst() {
        addWithChannels(2);
        TestRequest request = submit(Admission.ASSIGNED);
        Channel broken = request.channel;
        assertSame(request, dispatcher.resubmit(request, now).matched());
        assertNull(dispatcher.release(request, broken, false, now));
        assertEquals(Parking.OVER, dispatcher.reuse(request, broken, now));
        assertTrue(request.channel.isOf(request));
        assertEquals(1, dispatcher.snapshot().running());
    }

    @Test
    void neverRetriesARequestThatIsAnswered() {
        addWithChannels(1);
        TestRequest first = submit(Admission.ASSIGNED);
        dispatcher.reuse(first, first.channel, now);
        TestRequest second = submit(Admission.ASSIGNED);
        dispatcher.release(second, second.channel, true, now);
        assertThrows(IllegalStateException.class, () -> dispatcher.resubmit(first, now));
        assertThrows(IllegalStateException.class, () -> dispatcher.resubmit(second, now));
        assertEquals(0, dispatcher.snapshot().pending());
    }

    @Test
    void losesAReusedChannelWhileItIsIdle() {
        addWithChannels(1);
        TestRequest first = submit(Admission.ASSIGNED);
        dispatcher.reuse(first, first.channel, now);
        assertTrue(dispatcher.lose(first.channel));
        assertEquals(Parking.OVER, dispatcher.reuse(first, first.channel, now));
        submit(Admission.QUEUED);
    }

    @Test
    void releasesAChannelOnce() {
        addWithChannels(3);
        TestRequest first = submit(Admission.ASSIGNED);
        submit(Admission.ASSIGNED);
        dispatcher.release(first, first.channel, true, now);
        assertNull(dispatcher.release(first, first.channel, true, now));
        assertEquals(1, dispatcher.snapshot().running());
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
        assertEquals(3, dispatcher.snapshot().pending());
    }

    @Test
    void servesFromTheQueueInOrderAfterSomeLeft() {
        TestRequest a = submit(Admission.QUEUED);
        TestRequest b = submit(Admission.QUEUED);
        TestRequest c = submit(Admission.QUEUED);
        assertTrue(dispatcher.cancel(b));
        LambdaInstance instance = add();
        assertSame(a, requestOf(dispatcher.open(new TestChannel(instance), now)));
        assertSame(c, requestOf(dispatcher.open(new TestChannel(instance), now)));
    }

    @Test
    void cancelsOnlyARequestThatWaits() {
        addWithChannels(1);
        TestRequest running = submit(Admission.ASSIGNED);
        TestRequest waiting = submit(Admission.QUEUED);
        assertFalse(dispatcher.cancel(running));
        assertTrue(dispatcher.cancel(waiting));
        assertFalse(dispatcher.cancel(waiting));
        assertEquals(0, dispatcher.snapshot().pending());
    }

    @Test
    void expiresRequestsOneByOneWhenTheirTimeIsOver() {
        TestRequest a = submit(Admission.QUEUED);
        now += 10;
        TestRequest b = submit(Admission.QUEUED);
        now += TIMEOUT_NANOS - 11;
        assertNull(dispatcher.takeOverdue(now, TIMEOUT_NANOS));
        now += 1;
        assertSame(a, dispatcher.takeOverdue(now, TIMEOUT_NANOS));
        assertNull(dispatcher.takeOverdue(now, TIMEOUT_NANOS));
        now += 10;
        assertSame(b, dispatcher.takeOverdue(now, TIMEOUT_NANOS));
        assertNull(dispatcher.takeOverdue(now, TIMEOUT_NANOS));
        assertFalse(dispatcher.cancel(b));
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE - 500, Long.MAX_VALUE, -500, Long.MIN_VALUE})
    void expiresAcrossTheOverflowOfTheClock(long start) {
        now = start;
        TestRequest request = submit(Admission.QUEUED);
        assertNull(dispatcher.takeOverdue(now + TIMEOUT_NANOS - 1, TIMEOUT_NANOS));
        assertSame(request, dispatcher.takeOverdue(now + TIMEOUT_NANOS, TIMEOUT_NANOS));
    }

    @Test
    void expiresARetriedRequestByItsFirstArrival() {
        LambdaInstance instance = addWithChannels(1);
        TestRequest retried = submit(Admission.ASSIGNED);
        now += 10;
        TestRequest waiting = submit(Admission.QUEUED);
        roster.end(instance);
        assertNull(dispatcher.resubmit(retried, now).matched());
        now += TIMEOUT_NANOS - 10;
        assertSame(retried, dispatcher.takeOverdue(now, TIMEOUT_NANOS));
        assertNull(dispatcher.takeOverdue(now, TIMEOUT_NANOS));
        now += 10;
        assertSame(waiting, dispatcher.takeOverdue(now, TIMEOUT_NANOS));
    }

    @Test
    void givesRetriedRequestsTheirOldPlaces() {
        LambdaInstance instance = addWithChannels(2);
        TestRequest a = submit(Admission.ASSIGNED);
        TestRequest b = submit(Admission.ASSIGNED);
        TestRequest c = submit(Admission.QUEUED);
        roster.end(instance);
        for (TestRequest broken : List.of(b, a)) {
            assertNull(dispatcher.resubmit(broken, now).matched());
        }
        LambdaInstance next = add();
        assertSame(a, requestOf(dispatcher.open(new TestChannel(next), now)));
        assertSame(b, requestOf(dispatcher.open(new TestChannel(next), now)));
        assertSame(c, dispatcher.release(a, firstReleasable(next, a), true, now));
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
        roster.end(dead);
        assertSame(request, dispatcher.resubmit(request, now).matched());
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
        roster.end(instance);
        assertNull(dispatcher.resubmit(running, now).matched());
        assertEquals(4, dispatcher.snapshot().pending());
    }

    @Test
    void givesTheSlotOfABrokenChannelToNobodyWhoCameLater() {
        LambdaInstance instance = addWithChannels(3);
        TestRequest broken = submit(Admission.ASSIGNED);
        submit(Admission.ASSIGNED);
        TestRequest later = submit(Admission.QUEUED);
        assertSame(broken, dispatcher.resubmit(broken, now).matched(), "its instance lives and has a channel to spare");
        assertEquals(PendingRequest.State.QUEUED, later.state);
        assertEquals(2, instance.running);
    }

    @Test
    void servesWhoeverIsFirstWhenARequestIsRetried() {
        LambdaInstance instance = addWithChannels(2);
        TestRequest first = submit(Admission.ASSIGNED);
        TestRequest second = submit(Admission.ASSIGNED);
        assertNull(dispatcher.resubmit(first, now).matched(), "there is no channel");
        open(instance);
        assertEquals(PendingRequest.State.ASSIGNED, first.state);
        TestRequest third = submit(Admission.QUEUED);
        open(instance);
        assertEquals(PendingRequest.State.QUEUED, third.state, "two run");
        assertSame(second, dispatcher.resubmit(second, now).matched());
    }

    @Test
    void retriesARequestWhoseChannelWasReleasedBefore() {
        addWithChannels(2);
        TestRequest request = submit(Admission.ASSIGNED);
        dispatcher.release(request, request.channel, false, now);
        assertSame(request, dispatcher.resubmit(request, now).matched());
    }

    @Test
    void neverRetriesARequestTwiceForOneFailure() {
        LambdaInstance instance = addWithChannels(1);
        TestRequest request = submit(Admission.ASSIGNED);
        roster.end(instance);
        dispatcher.resubmit(request, now);
        assertThrows(IllegalStateException.class, () -> dispatcher.resubmit(request, now));
        assertEquals(1, dispatcher.snapshot().pending());
    }

    @Test
    void losesAnIdleChannel() {
        LambdaInstance instance = add();
        TestChannel channel = open(instance);
        assertTrue(dispatcher.lose(channel));
        assertFalse(dispatcher.lose(channel));
        assertEquals(0, dispatcher.snapshot().idleChannels());
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
        assertSame(waiting, requestOf(dispatcher.open(new TestChannel(add()), now)));
        submit(Admission.CLOSED);
    }

    @Test
    void drainsAnInstanceOnceAndGivesItNothingNew() {
        LambdaInstance instance = addWithChannels(3);
        TestRequest running = submit(Admission.ASSIGNED);
        assertEquals(2, roster.drain(instance).orElseThrow().size());
        assertTrue(roster.drain(instance).isEmpty());
        submit(Admission.QUEUED);
        assertFalse(dispatcher.open(new TestChannel(instance), now).accepted());
        assertEquals(Books.of(1, 1, 1, 0, 0, 0, 1), Books.in(dispatcher));
        assertNull(dispatcher.release(running, running.channel, true, now));
        assertEquals(0, instance.running);
    }

    @Test
    void keepsWhatADeadInstanceRanUntilItIsReleased() {
        LambdaInstance instance = addWithChannels(2);
        TestRequest running = submit(Admission.ASSIGNED);
        roster.end(instance);
        assertNull(roster.find(instance.id()));
        assertEquals(List.of(running.channel), roster.busyChannels(instance));
        assertEquals(Books.of(0, 1, 1, 0, 0, 0, 0), Books.in(dispatcher));
        dispatcher.release(running, running.channel, true, now);
        assertTrue(dispatcher.snapshot().isDormant());
        assertEquals(List.of(), roster.busyChannels(instance));
    }

    @Test
    void findsInstancesUntilTheyEnd() {
        LambdaInstance starting = add();
        LambdaInstance draining = addWithChannels(1);
        roster.drain(draining);
        assertSame(starting, roster.find(starting.id()));
        assertSame(draining, roster.find(draining.id()));
        assertEquals(2, roster.all().size());
        roster.end(starting);
        roster.end(draining);
        assertNull(roster.find(starting.id()));
        assertNull(roster.find("nobody"));
        assertEquals(List.of(), roster.all());
    }

    @Test
    void remembersThePeakBetweenTwoObservations() {
        addWithChannels(4);
        TestRequest a = submit(Admission.ASSIGNED);
        TestRequest b = submit(Admission.ASSIGNED);
        dispatcher.release(a, a.channel, true, now);
        assertEquals(2, dispatcher.snapshot().peakRunning());
        assertEquals(2, dispatcher.observeAndResetPeak().peakRunning());
        assertEquals(1, dispatcher.observeAndResetPeak().peakRunning());
        dispatcher.release(b, b.channel, true, now);
        assertEquals(1, dispatcher.observeAndResetPeak().peakRunning());
        assertEquals(0, dispatcher.observeAndResetPeak().peakRunning());
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
