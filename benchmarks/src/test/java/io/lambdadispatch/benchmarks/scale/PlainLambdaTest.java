package io.lambdadispatch.benchmarks.scale;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lambdadispatch.benchmarks.scale.Environments.Bill;
import io.lambdadispatch.benchmarks.scale.Ticket.Failure;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Lambda without a router, by cases that are reckoned by hand: cold in 5 s, 200 ms a request. */
class PlainLambdaTest {
    private final Simulation lambda = new Simulation(
            new VirtualTime(),
            1,
            SimulatedFunction.taking(ServiceTime.constant(Duration.ofMillis(200))),
            PlainLambda::new);

    private Figures after(double seconds) {
        lambda.pass(Duration.ofMillis(Math.round(seconds * 1_000)));
        return lambda.figures();
    }

    private static Bill bill(int invokes, int coldStarts, long millis) {
        return new Bill(invokes, coldStarts, Duration.ofMillis(millis).toNanos());
    }

    private static void assertMillis(double expected, double actual) {
        assertEquals(expected, actual, expected / 1_000, "to the three digits of a histogram");
    }

    @Test
    void firstRequestPaysForAColdStart() {
        lambda.burst(1);
        Figures before = after(5.199);
        assertEquals(0, before.answered());
        Figures at = after(0.001);
        assertEquals(1, at.answered());
        assertEquals(bill(1, 1, 5_200), before.plus(at).bill());
    }

    @Test
    void eachOfThoseThatComeAtOnceGetsAColdStartOfItsOwn() {
        lambda.burst(100);
        Figures figures = after(10);
        assertEquals(100, figures.answered());
        assertEquals(100, figures.peak());
        assertMillis(5_000, figures.p50Millis());
        assertMillis(5_000, figures.maxMillis());
        assertEquals(bill(100, 100, 100 * 5_200), figures.bill());
    }

    @Test
    void anEnvironmentThatIsIdleTakesTheNextRequestAtOnce() {
        lambda.burst(1);
        after(6);
        lambda.burst(1);
        Figures figures = after(1);
        assertEquals(0, figures.maxMillis());
        assertEquals(bill(1, 0, 200), figures.bill());
    }

    /** Two are warm, 20 come: 18 wait for a start each, though the two are idle again after 200 ms. */
    @Test
    void doesNotWaitForThoseThatWillSoonBeIdle() {
        lambda.burst(2);
        after(6);
        lambda.burst(20);
        Figures figures = after(6);
        assertEquals(bill(20, 18, 20 * 200 + 18 * 5_000), figures.bill());
        assertMillis(5_000, figures.p50Millis());
    }

    @Test
    void forgetsAnEnvironmentThatNobodyHasUsedForTenMinutes() {
        lambda.burst(1);
        after(5.2 + 599.9);
        lambda.burst(1);
        assertEquals(0, after(0.2).bill().coldStarts());
        after(600);
        lambda.burst(1);
        assertEquals(1, after(6).bill().coldStarts());
    }

    @Test
    void aNewVersionStartsCold() {
        lambda.burst(2);
        after(6);
        lambda.burst(1);
        after(0.1);
        lambda.deploy(Duration.ZERO);
        lambda.burst(1);
        Figures figures = after(6);
        assertEquals(2, figures.answered(), "the old version finishes what it runs");
        assertEquals(1, figures.bill().coldStarts());
        lambda.burst(2);
        assertEquals(1, after(6).bill().coldStarts(), "only the environment of the new version is warm");
    }

    @Test
    void awsMakesAThousandEnvironmentsInTenSeconds() {
        lambda.burst(1_200);
        assertEquals(200, after(6).outcomes().failures(Failure.THROTTLED));
        // All 1,000 are idle, and 600 more can be made: 100 in each second since.
        lambda.burst(1_700);
        Figures figures = after(6);
        assertEquals(100, figures.outcomes().failures(Failure.THROTTLED));
        assertEquals(600, figures.bill().coldStarts());
        assertEquals(1_600, figures.answered());
    }

    @Test
    void whatRunsInAnEnvironmentThatDiesIsLost() {
        lambda.burst(3);
        after(5.1);
        lambda.lose(1);
        Figures figures = after(1);
        assertEquals(0, figures.answered());
        assertEquals(3, figures.outcomes().failures(Failure.CUT_OFF));
        assertEquals(0, lambda.instances());
        lambda.end();
    }

    /** Whole milliseconds: 0.3 ms cost 1 ms, 1 ms costs 1 ms. */
    @Test
    void millisecondsAreBilledThatHaveBegun() {
        Simulation quick = new Simulation(
                new VirtualTime(),
                1,
                SimulatedFunction.taking(ServiceTime.constant(Duration.ofNanos(300_000))),
                PlainLambda::new);
        quick.burst(1);
        quick.pass(Duration.ofSeconds(6));
        assertEquals(bill(1, 1, 5_001), quick.figures().bill());
        quick.burst(10);
        quick.pass(Duration.ofSeconds(6));
        quick.figures();
        quick.burst(10);
        quick.pass(Duration.ofSeconds(1));
        assertEquals(bill(10, 0, 10), quick.figures().bill());
    }
}
