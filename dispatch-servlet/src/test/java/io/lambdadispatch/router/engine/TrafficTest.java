package io.lambdadispatch.router.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.router.engine.Observation.Flow;
import io.lambdadispatch.router.engine.Traffic.Rate;
import io.lambdadispatch.router.engine.Traffic.Starting;
import io.lambdadispatch.router.engine.Traffic.Work;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrafficTest {
    private static final long STARTUP_NANOS = Duration.ofSeconds(4).toNanos();

    private final FakeTime time = new FakeTime();
    private Traffic traffic = Traffic.NONE;
    private Flow flow = Flow.NONE;

    private void look(int running, int starting) {
        Observation books = new Observation(0, running, running, 0, starting, 0, 0, 0, flow);
        traffic = traffic.seen(books, STARTUP_NANOS, time.nanoTime());
    }

    /** Looks each 50 ms, while so many requests run, and so many come and end in each such time. */
    private void pass(Duration duration, int running, int comeAndEnd) {
        for (long looks = duration.toMillis() / 50; looks > 0; looks--) {
            time.advanceMillis(50);
            flow = new Flow(flow.arrivals() + comeAndEnd, flow.ended() + comeAndEnd, 0);
            look(running, 0);
        }
    }

    private static double perSecond(double perNano) {
        return perNano * 1e9;
    }

    private static double millis(double nanos) {
        return nanos / 1e6;
    }

    // How they come

    @Test
    void spreadsWhatCameAtOnceOverTheWindow() {
        flow = new Flow(60, 0, 0);
        look(0, 0);
        assertEquals(2, perSecond(traffic.rate().stable()), 1e-9);
        assertEquals(60, perSecond(traffic.rate().recent()), 1e-9);
    }

    @Test
    void averagesTheRateOverThirtySecondsAndOverOne() {
        pass(Duration.ofMinutes(5), 20, 5);
        assertEquals(100, perSecond(traffic.rate().stable()), 0.01);
        assertEquals(100, perSecond(traffic.rate().recent()), 1e-9);
        assertEquals(100, perSecond(traffic.rate().perNano()), 0.01);
        pass(Duration.ofSeconds(1), 20, 10);
        assertEquals(
                100 + 100 * (1 - Math.exp(-1 / 30.0)), perSecond(traffic.rate().stable()), 0.01);
        assertEquals(100 + 100 * (1 - Math.exp(-1)), perSecond(traffic.rate().recent()), 1e-9);
    }

    @Test
    void measuresTheSameRateHoweverOftenItLooks() {
        look(0, 0);
        pass(Duration.ofSeconds(10), 20, 5);
        Rate often = traffic.rate();
        traffic = Traffic.NONE;
        flow = Flow.NONE;
        look(0, 0);
        time.advance(Duration.ofSeconds(10));
        flow = new Flow(1_000, 1_000, 0);
        look(20, 0);
        assertEquals(perSecond(often.stable()), perSecond(traffic.rate().stable()), 1e-9);
        assertEquals(perSecond(often.recent()), perSecond(traffic.rate().recent()), 1e-9);
    }

    /** 100 per second deviate by √(100 / 2 s) = 7.07 per second over a window of 1 s; four times that is 28.3. */
    @Test
    void takesForChanceWhatMayBe() {
        pass(Duration.ofMinutes(3), 20, 5);
        pass(Duration.ofMillis(250), 20, 11);
        assertEquals(126.5, perSecond(traffic.rate().recent()), 0.1);
        assertEquals(101, perSecond(traffic.rate().perNano()), 0.1, "120 × 250 ms / 30 s");
        assertEquals(30, traffic.rate().windowNanos() / 1e9);
    }

    @Test
    void findsARushAtOnceAndMeasuresItFromThereOn() {
        pass(Duration.ofMinutes(3), 20, 5);
        pass(Duration.ofMillis(150), 20, 20);
        assertEquals(142, perSecond(traffic.rate().perNano()), 0.5, "100 + 300 × (1 - e^(-0.15 / 1))");
        assertEquals(1, traffic.rate().windowNanos() / 1e9);
        pass(Duration.ofSeconds(5), 80, 20);
        assertEquals(400, perSecond(traffic.rate().perNano()), 24);
        pass(Duration.ofSeconds(20), 80, 20);
        assertEquals(400, perSecond(traffic.rate().perNano()), 2);
        assertEquals(13.5, traffic.rate().windowNanos() / 1e9, 0.5);
    }

    @Test
    void findsALullAtOnceAndMeasuresItFromThereOn() {
        pass(Duration.ofMinutes(3), 20, 5);
        pass(Duration.ofSeconds(1), 5, 1);
        assertEquals(50, perSecond(traffic.rate().perNano()), 15);
        pass(Duration.ofSeconds(9), 5, 1);
        assertEquals(20, perSecond(traffic.rate().perNano()), 2);
    }

    @Test
    void takesALullToLastButNotARush() {
        pass(Duration.ofMinutes(3), 20, 5);
        pass(Duration.ofSeconds(1), 20, 20);
        assertEquals(110, perSecond(traffic.rate().lastingPerNano()), 1, "300 × 1 s / 30 s more than before");
        traffic = Traffic.NONE;
        pass(Duration.ofMinutes(3), 20, 20);
        pass(Duration.ofSeconds(5), 0, 0);
        assertEquals(traffic.rate().perNano(), traffic.rate().lastingPerNano());
        assertTrue(perSecond(traffic.rate().lastingPerNano()) < 20);
    }

    @Test
    void isNotDisturbedByALoneRequest() {
        flow = new Flow(1, 0, 0);
        look(0, 0);
        pass(Duration.ofSeconds(10), 0, 0);
        assertTrue(perSecond(traffic.rate().perNano()) < 0.1);
    }

    // How long they run

    @Test
    void takesARequestFor150MillisecondsBeforeItHasSeenAny() {
        assertEquals(150, millis(traffic.work().tookNanos()));
    }

    @ParameterizedTest(name = "{0} running all the time and {1} ending per second take {2} ms each")
    @CsvSource({"20, 100, 200", "50, 1000, 50", "1, 20, 50", "3, 20, 150"})
    void knowsTheDurationByWhatRunsAndHowManyEnd(int running, int perSecond, double expected) {
        pass(Duration.ofMinutes(3), running, perSecond / 20);
        assertEquals(expected, millis(traffic.work().tookNanos()), 0.01 * expected);
    }

    @Test
    void findsOutThatRequestsAreStreamsLongBeforeTheyEnd() {
        look(10, 0);
        pass(Duration.ofSeconds(1), 10, 0);
        // Ten ran for 1 s each, and are taken to have done 0.15 of their work: (0.15 + 10) / (1 + 10 × 0.15) = 4.1 s.
        assertEquals(4_060, millis(traffic.work().tookNanos()), 120);
        pass(Duration.ofSeconds(9), 10, 0);
        // 10 s, of which 15 % have faded: (0.15 + 85) / (1 + 10 × 0.15 / 8.5) = 72 s.
        assertEquals(72_400, millis(traffic.work().tookNanos()), 500);
    }

    @Test
    void takesRequestsThatBeganTogetherForNoStreamsBeforeTheyCouldHaveEnded() {
        look(60, 0);
        pass(Duration.ofMillis(200), 60, 0);
        // (0.15 + 12) / (1 + 60 / 4) = 0.76 s
        assertEquals(760, millis(traffic.work().tookNanos()), 10);
        pass(Duration.ofMillis(50), 60, 60);
        assertEquals(248, millis(traffic.work().tookNanos()), 3);
    }

    @Test
    void doesNotForgetWhatItKnowsWhileNothingRuns() {
        pass(Duration.ofMinutes(3), 20, 5);
        double took = traffic.work().tookNanos();
        pass(Duration.ofMinutes(10), 0, 0);
        time.advance(Duration.ofHours(1));
        look(0, 0);
        assertEquals(took, traffic.work().tookNanos(), 0.002 * took);
    }

    @Test
    void followsADurationThatChanges() {
        pass(Duration.ofMinutes(3), 20, 5);
        pass(Duration.ofMinutes(3), 80, 5);
        assertEquals(800, millis(traffic.work().tookNanos()), 8);
    }

    // What will run

    @Test
    void expectsRateTimesDurationOfShortRequests() {
        pass(Duration.ofMinutes(3), 20, 5);
        assertEquals(20, traffic.runningIn(0), 0.2);
        assertEquals(20, traffic.runningIn(Duration.ofMinutes(1).toNanos()), 0.2);
    }

    @ParameterizedTest(name = "in {0} s: {1}")
    @CsvSource({"1, 119.3", "60, 94.2", "600, 79.3"})
    void expectsStreamsToStayForTheirTime(long seconds, double expected) {
        // 120 run, of 60 s each; half as many come as would keep them so: e^(-t / 60) × 120 + (1 - e^(-t / 60)) × 60 ×
        // 1.32
        Rate rate = new Rate(1.32e-9, 3e10, 1.32e-9, 1.32e-9);
        Work work = new Work(1e6, 6e16, 120, 0);
        Traffic streams = new Traffic(rate, work, new Starting(0, 0), flow, 0, true);
        assertEquals(expected, streams.runningIn(Duration.ofSeconds(seconds).toNanos()), 0.1);
    }

    // Those that start

    private double startingForMillis() {
        return millis(traffic.starting().meanNanos());
    }

    /** Looks each 50 ms, while so many start. */
    private void start(Duration duration, int starting) {
        for (long looks = duration.toMillis() / 50; looks > 0; looks--) {
            time.advanceMillis(50);
            look(0, starting);
        }
    }

    @Test
    void knowsForHowLongInstancesHaveBeenStarting() {
        look(0, 0);
        traffic = traffic.plusStarts(4);
        start(Duration.ofSeconds(1), 4);
        assertEquals(1_000, startingForMillis());
        traffic = traffic.plusStarts(4);
        assertEquals(500, startingForMillis());
        start(Duration.ofSeconds(3), 8);
        assertEquals(3_500, startingForMillis());
        look(0, 4);
        assertEquals(3_000, startingForMillis(), "the four that had been starting for 4 s called back");
        look(0, 0);
        assertEquals(0, startingForMillis());
    }

    @Test
    void noticesThatStartsTakeLongerThanUsual() {
        look(0, 0);
        traffic = traffic.plusStarts(5);
        start(Duration.ofSeconds(9), 5);
        assertEquals(9_000, startingForMillis());
        look(0, 1);
        assertEquals(9_000, startingForMillis());
    }

    @Test
    void countsNoStartThatWasNotMade() {
        look(0, 0);
        traffic = traffic.plusStarts(5).plusStarts(-3);
        assertEquals(2, traffic.starting().count());
        assertEquals(0, traffic.plusStarts(-7).starting().count());
    }

    @Test
    void takesThoseItDidNotAskForAsJustStarted() {
        look(0, 0);
        time.advanceMillis(1_000);
        look(0, 3);
        assertEquals(0, startingForMillis());
    }

    // The clock

    @Test
    void standsStillWhileTheClockDoesOrJumpsBack() {
        pass(Duration.ofMinutes(3), 20, 5);
        Traffic before = traffic;
        Observation books = new Observation(0, 20, 20, 0, 0, 0, 0, 0, flow);
        Traffic same = before.seen(books, STARTUP_NANOS, time.nanoTime());
        assertEquals(before, same);
        Traffic earlier = before.seen(books, STARTUP_NANOS, time.nanoTime() - 1_000_000_000_000L);
        assertEquals(before.rate(), earlier.rate());
        assertEquals(before.work(), earlier.work());
        Traffic later = earlier.seen(books, STARTUP_NANOS, time.nanoTime() - 1_000_000_000_000L + 1_000_000_000L);
        assertEquals(before.rate().stable() * Math.exp(-1 / 30.0), later.rate().stable(), 1e-15);
    }

    @Test
    void drawsNoConclusionsFromATimeInWhichItDidNotLook() {
        pass(Duration.ofMinutes(3), 20, 5);
        traffic = traffic.plusStarts(1);
        time.advance(Duration.ofHours(3));
        look(20, 1);
        assertEquals(200, millis(traffic.work().tookNanos()), 10);
        assertEquals(1_000, startingForMillis());
    }
}
