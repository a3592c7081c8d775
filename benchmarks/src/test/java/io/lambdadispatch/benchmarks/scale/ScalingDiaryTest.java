package io.lambdadispatch.benchmarks.scale;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.router.engine.CapacityPlanner;
import io.lambdadispatch.router.engine.Observation;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Diaries of a pool, most of them with {@code adaptive}: what happens, when, and how many instances there are. In the system that
 * this one re-implements, counts went below zero and instances came and went without need (its issue 124), and there was a dip
 * while instances were replaced (its issue 89).
 */
class ScalingDiaryTest {
    private static final SimulatedFunction EXACTLY_200_MS =
            SimulatedFunction.taking(ServiceTime.constant(Duration.ofMillis(200)));
    private static final SimulatedFunction ABOUT_200_MS =
            SimulatedFunction.taking(ServiceTime.exponential(Duration.ofMillis(200)));
    private static final SimulatedFunction STREAMS_OF_60_S =
            SimulatedFunction.taking(ServiceTime.constant(Duration.ofSeconds(60)));

    private Simulation pool;
    private Routed routed;

    private void pool(SimulatedFunction function, Algorithm algorithm, int multiplier) {
        pool(function, algorithm.planner(function.maxConcurrent(), multiplier));
    }

    private void pool(SimulatedFunction function, CapacityPlanner<?> planner) {
        pool = new Simulation(new VirtualTime(), 7, function, (time, simulated, chance) -> {
            routed = new Routed(time, simulated, chance, planner);
            return routed;
        });
    }

    private void adaptivePool(SimulatedFunction function) {
        pool(function, Algorithm.ADAPTIVE, 2);
    }

    @AfterEach
    void forgetsNobody() {
        pool.end();
    }

    private void pass(double seconds) {
        pool.pass(Duration.ofMillis(Math.round(seconds * 1_000)));
    }

    // A burst from zero

    /** The numbers of {@link AdaptivePlanner}'s comment. */
    @Test
    void serves200AtOnceFromZeroWithSixInstances() {
        adaptivePool(EXACTLY_200_MS);
        pool.burst(200);
        pass(0);
        assertEquals(6, pool.instances());
        pass(4.999);
        assertEquals(6, pool.instances());
        assertEquals(0, pool.figures().answered());
        pass(0.001);
        assertEquals(60, routed.books().running());
        pass(0.8);
        Figures figures = pool.figures();
        assertEquals(200, figures.answered(), "all of them 5.8 s after they came: four rounds of 60 and fewer");
        double lastSeconds = figures.maxMillis() / 1e3 + 0.2;
        assertEquals(5.8, lastSeconds, 0.001);
        assertTrue(
                lastSeconds <= 1.2 * (5 + 0.2), "longer than a fifth over the least that a start and a request take");
        pass(10);
        assertEquals(0, pool.instances());
        Figures afterwards = pool.figures();
        assertEquals(0, afterwards.starts());
        assertEquals(6, afterwards.peak());
    }

    @ParameterizedTest(name = "{0} within {1} ms, {2} ms each: at most {3} instances, done after {4} s")
    @CsvSource({
        "200,   0,  20, 6, 5.2", //
        "200,   0, 100, 6, 5.5",
        "200, 100, 200, 7, 6.0",
        "200, 500, 200, 7, 6.2",
        " 50,   0, 200, 2, 5.8",
        " 10,   0, 200, 1, 5.3",
        "  1,   0, 200, 1, 5.3",
    })
    void servesABurstFromZeroWithFew(int requests, long millis, long service, int instances, double doneSeconds) {
        adaptivePool(SimulatedFunction.taking(ServiceTime.constant(Duration.ofMillis(service))));
        if (millis == 0) {
            pool.burst(requests);
        } else {
            pool.load(Load.constant(requests * 1e3 / millis));
            pass(millis / 1e3);
            pool.load(Load.NONE);
        }
        pass(doneSeconds - millis / 1e3);
        Figures figures = pool.figures();
        assertEquals(requests, figures.answered());
        assertTrue(figures.peak() <= instances, figures.toString());
    }

    @Test
    void startsNoneForFewThatTheOpenOnesWillHaveServedBefore() {
        adaptivePool(ABOUT_200_MS);
        pool.load(Load.poisson(100));
        pass(120);
        pool.figures();
        pool.burst(25);
        pass(5);
        Figures figures = pool.figures();
        assertEquals(0, figures.starts());
        assertTrue(figures.maxMillis() < 100, figures.toString());
    }

    // A load that stays

    @Test
    void staysWhereItIsForAnHourOfSteadyLoad() {
        adaptivePool(ABOUT_200_MS.living(Duration.ofHours(2)));
        pool.load(Load.poisson(100));
        pass(120);
        pool.figures();
        pass(3_600);
        Figures hour = pool.figures();
        assertTrue(hour.changes() <= 10, hour.toString());
        assertEquals(0, hour.p99Millis());
        assertTrue(hour.peak() <= 6, hour.toString());
    }

    @ParameterizedTest
    @ValueSource(ints = {70, 75, 80, 85, 110, 125, 130})
    void staysWhereItIsNearWholeNumbers(int perSecond) {
        adaptivePool(ABOUT_200_MS);
        pool.load(Load.poisson(perSecond));
        pass(120);
        pool.figures();
        pass(300);
        Figures figures = pool.figures();
        assertTrue(figures.changes() <= 6, figures.toString());
    }

    // Deadlines

    /**
     * Instances that say when they leave are replaced before, also when their successors take 5 s to start: no dip, unlike issue 89
     * of the system that this one re-implements. {@code RotationIT} sees the same of real ones.
     */
    @ParameterizedTest(name = "{0} × {1}, starts take {2} ms")
    @CsvSource({
        "SIMPLE, 1, 100", "SIMPLE, 2, 100", "SIMPLE, 1, 5000", "SIMPLE, 2, 5000",
        "EWMA, 1, 100", "EWMA, 2, 100", "EWMA, 1, 5000", "EWMA, 2, 5000",
        "ADAPTIVE, 1, 100", "ADAPTIVE, 2, 100", "ADAPTIVE, 1, 5000", "ADAPTIVE, 2, 5000",
    })
    void noticesNothingOfDeadlines(Algorithm algorithm, int multiplier, long startMillis) {
        SimulatedFunction function = ABOUT_200_MS.startingIn(Duration.ofSeconds(5), Duration.ofMillis(startMillis));
        pool(function, algorithm, multiplier);
        Figures without = steady();
        pool(function.living(Duration.ofSeconds(60)), algorithm, multiplier);
        Figures with = steady();
        assertTrue(with.p99Millis() <= 1.5 * without.p99Millis(), with + " against " + without);
        assertEquals(without.answered(), with.answered());
        assertEquals(0, with.failed());
    }

    private Figures steady() {
        pool.load(Load.poisson(100));
        pass(120);
        pool.figures();
        pass(200);
        Figures figures = pool.figures();
        pool.end();
        return figures;
    }

    // Load that goes

    @ParameterizedTest
    @EnumSource
    void startsNobodyWhenTheLoadIsGone(Algorithm algorithm) {
        pool(ABOUT_200_MS, algorithm, 2);
        pool.load(Load.poisson(100));
        pass(120);
        pool.load(Load.NONE);
        pass(1);
        pool.figures();
        pass(60);
        Figures figures = pool.figures();
        assertTrue(figures.starts() <= 2, figures.toString());
        assertEquals(0, pool.instances());
        Observation books = routed.books();
        assertEquals(0, books.pending() + books.running() + books.starting() + books.open() + books.draining());
    }

    @Test
    void takesAwayWhatAHalvedLoadDoesNotNeed() {
        adaptivePool(ABOUT_200_MS);
        pool.load(Load.poisson(200));
        pass(120);
        assertTrue(pool.instances() >= 8, pool.instances() + " instances");
        pool.load(Load.poisson(100));
        pool.figures();
        pass(5);
        assertTrue(pool.instances() >= 8, pool.instances() + " instances");
        pass(10);
        assertTrue(pool.instances() <= 5, pool.instances() + " instances");
        pass(60);
        assertTrue(pool.instances() >= 4, pool.instances() + " instances");
        assertEquals(0, pool.figures().maxMillis());
    }

    // Streams

    /** Those that nothing is left for leave again, and must not be started again and again. */
    @ParameterizedTest
    @EnumSource
    void doesNotStartInstancesThatGetNothingToDo(Algorithm algorithm) {
        pool(STREAMS_OF_60_S, algorithm, 2);
        pool.burst(200);
        pass(20);
        pool.figures();
        pass(30);
        Figures figures = pool.figures();
        assertTrue(figures.starts() <= 150, figures.toString());
    }

    @ParameterizedTest
    @EnumSource
    void doesNotLetStreamsWaitForTheEndOfOthers(Algorithm algorithm) {
        pool(STREAMS_OF_60_S, algorithm, 1);
        pool.load(Load.poisson(2));
        pass(180);
        Figures figures = pool.figures();
        assertTrue(figures.maxMillis() <= 5_100, figures.toString());
    }

    // The harness itself

    @ParameterizedTest
    @EnumSource
    void playsTheSameAgainWhateverTheClockSays(Algorithm algorithm) {
        pool(ABOUT_200_MS, algorithm, 2);
        ScalingScenario scenario = ScalingScenario.FROM_ZERO;
        Figures figures = scenario.playedBy(algorithm, 1, 0);
        long tenSeconds = Duration.ofSeconds(10).toNanos();
        assertEquals(figures, scenario.playedBy(algorithm, 1, -tenSeconds), "the clock passes zero");
        assertEquals(figures, scenario.playedBy(algorithm, 1, Long.MAX_VALUE - tenSeconds), "the clock overflows");
    }

    /** Erlang's formula: three servers, two of them busy on an average, let 44.4 % wait, for 0.2 s / (3 - 2) if they do. */
    @Test
    void agreesWithErlang() {
        SimulatedFunction function = ABOUT_200_MS.running(1).living(Duration.ofHours(10));
        AtomicInteger servers = new AtomicInteger(3);
        pool(function.stayingIdle(Duration.ofHours(10)), new Wanting(servers::get));
        pool.load(Load.poisson(10));
        pass(60);
        pool.figures();
        pass(7_200);
        Figures figures = pool.figures();
        assertEquals(72_000.0, (double) figures.answered(), 700);
        assertEquals(0, figures.p50Millis(), "more than half do not wait");
        // P(wait > t) = 0.444 × e^(-t / 0.2 s): 1 % wait for longer than 0.2 s × ln 44.4
        assertEquals(200 * Math.log(44.4), figures.p99Millis(), 50);
        assertEquals(3 * 7_200, figures.billedSeconds(), 0.001);
        servers.set(0);
    }
}
