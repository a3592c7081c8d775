package io.lambdadispatch.router.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.router.engine.Observation.Flow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/**
 * What holds for every planner whatever it sees: books that change at random, a clock that stands still or jumps, starts that fail.
 */
class PlannerPropertiesTest {
    private static final int MOST = 1_000;

    /** What a planner sees at one look, and how long after the one before. */
    record Look(
            long afterNanos,
            long startupNanos,
            int pending,
            int running,
            int peakMore,
            int starting,
            int open,
            int expiring,
            int came,
            int ended,
            boolean isWithheld) {
        /** The books, with sums that go on from there. */
        Observation books(Flow before) {
            Flow flow = new Flow(
                    before.arrivals() + came, before.ended() + ended, before.busyNanos() + ended * 100_000_000L);
            return new Observation(
                    pending, running, running + peakMore, 0, starting, open, Math.min(expiring, open), 0, flow);
        }

        Look with(int morePending, int moreCame) {
            return new Look(
                    afterNanos,
                    startupNanos,
                    pending + morePending,
                    running,
                    peakMore,
                    starting,
                    open,
                    expiring,
                    came + moreCame,
                    ended,
                    false);
        }
    }

    @Provide
    Arbitrary<Look> looks() {
        Arbitrary<Long> after = Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(
                        20, Arbitraries.just(Duration.ofMillis(50).toNanos())),
                net.jqwik.api.Tuple.of(4, Arbitraries.longs().between(0, 2_000_000_000L)),
                net.jqwik.api.Tuple.of(2, Arbitraries.just(0L)),
                net.jqwik.api.Tuple.of(1, Arbitraries.longs().between(-1_000_000_000_000L, 10_000_000_000_000L)));
        Arbitrary<Integer> many = Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(2, Arbitraries.just(0)),
                net.jqwik.api.Tuple.of(3, Arbitraries.integers().between(0, 30)),
                net.jqwik.api.Tuple.of(1, Arbitraries.integers().between(0, 10_000)));
        Arbitrary<Integer> few = Arbitraries.integers().between(0, 40);
        Arbitrary<int[]> counts = Combinators.combine(many, many, many, many, many)
                .as((pending, running, peakMore, came, ended) -> new int[] {pending, running, peakMore, came, ended});
        return Combinators.combine(
                        after,
                        Arbitraries.longs().between(0, 60_000_000_000L),
                        counts,
                        few,
                        few,
                        few,
                        Arbitraries.of(true, false, false, false))
                .as((nanos, startup, count, starting, open, expiring, isWithheld) -> new Look(
                        nanos,
                        startup,
                        count[0],
                        count[1],
                        count[2],
                        starting,
                        open,
                        expiring,
                        count[3],
                        count[4],
                        isWithheld));
    }

    @Provide
    Arbitrary<List<Look>> histories() {
        return looks().list().ofMaxSize(60);
    }

    /** A planner, what it remembers, and what it has seen. */
    private static final class Run<M extends CapacityPlanner.Memory> {
        final CapacityPlanner<M> planner;
        final List<Integer> decisions = new ArrayList<>();
        M memory;
        Flow flow = Flow.NONE;
        long now;

        Run(CapacityPlanner<M> planner, long epoch) {
            this.planner = planner;
            this.memory = planner.begin();
            this.now = epoch;
        }

        void sees(Look look) {
            now += look.afterNanos();
            Observation books = look.books(flow);
            M before = memory;
            memory = planner.plan(books, before, look.startupNanos(), now);
            assertEquals(memory, planner.plan(books, before, look.startupNanos(), now), "it is no pure function");
            flow = books.flow();
            decisions.add(memory.desired());
            // The fleet has a limit, too.
            int had = Math.min(look.isWithheld() ? books.present() : MOST, memory.desired());
            if (had < memory.desired()) {
                memory = planner.withheld(before, memory, had);
                assertEquals(had, memory.desired());
            }
        }

        int wouldDecide(Look look) {
            return planner.plan(look.books(flow), memory, look.startupNanos(), now + look.afterNanos())
                    .desired();
        }
    }

    private static List<CapacityPlanner<?>> planners(int maxConcurrent, int multiplier) {
        return List.of(
                new SimplePlanner(maxConcurrent, multiplier, SimplePlanner.SCALE_DOWN_DELAY),
                new EwmaPlanner(maxConcurrent, multiplier, SimplePlanner.SCALE_DOWN_DELAY),
                new AdaptivePlanner(maxConcurrent, multiplier, AdaptivePlanner.SCALE_DOWN_DELAY));
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void decidesOnANumberOfInstances(
            @ForAll @IntRange(min = 1, max = 20) int maxConcurrent,
            @ForAll @IntRange(min = 1, max = 10) int multiplier,
            @ForAll long epoch,
            @ForAll("histories") List<Look> history) {
        for (CapacityPlanner<?> planner : planners(maxConcurrent, multiplier)) {
            Run<?> run = new Run<>(planner, epoch);
            history.forEach(run::sees);
            assertTrue(run.decisions.stream().allMatch(desired -> desired >= 0), run.decisions.toString());
        }
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void decidesTheSameWhateverTheClockSays(@ForAll long epoch, @ForAll("histories") List<Look> history) {
        for (int i = 0; i < 3; i++) {
            Run<?> here = new Run<>(planners(10, 2).get(i), 0);
            Run<?> there = new Run<>(planners(10, 2).get(i), epoch);
            history.forEach(here::sees);
            history.forEach(there::sees);
            assertEquals(here.decisions, there.decisions);
        }
    }

    @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
    void wantsNoneWhenNothingHappensForLongEnough(@ForAll long epoch, @ForAll("histories") List<Look> history) {
        for (CapacityPlanner<?> planner : planners(10, 2)) {
            Run<?> run = new Run<>(planner, epoch);
            history.forEach(run::sees);
            // All of them stay although they have nothing to do, as long as they are not told to go.
            for (int i = 0; i < 600; i++) {
                run.sees(new Look(500_000_000, 4_000_000_000L, 0, 0, 0, 0, run.memory.desired(), 0, 0, 0, false));
            }
            assertEquals(0, run.memory.desired(), planner.toString());
        }
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void takesNoneAwayWhileARequestWaits(
            @ForAll @IntRange(min = 1, max = 20) int maxConcurrent,
            @ForAll @IntRange(min = 1, max = 10) int multiplier,
            @ForAll("histories") List<Look> history) {
        for (CapacityPlanner<?> planner : planners(maxConcurrent, multiplier)) {
            Run<?> run = new Run<>(planner, 0);
            for (Look look : history) {
                int before = run.memory.desired();
                run.sees(look);
                int decided = run.decisions.get(run.decisions.size() - 1);
                assertTrue(look.pending() == 0 || decided >= before, before + " to " + decided);
            }
        }
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void wantsNoFewerWhenMoreWaitOrMoreCame(
            @ForAll("histories") List<Look> history,
            @ForAll("looks") Look look,
            @ForAll @IntRange(max = 500) int morePending,
            @ForAll @IntRange(max = 500) int moreCame) {
        for (CapacityPlanner<?> planner : planners(10, 2)) {
            Run<?> run = new Run<>(planner, 0);
            history.forEach(run::sees);
            Look before = look.with(1, 0);
            int decided = run.wouldDecide(before);
            int withMore = run.wouldDecide(before.with(morePending, moreCame));
            assertTrue(withMore >= decided, planner + ": " + decided + " to " + withMore);
        }
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void adaptiveStartsNoMoreThanTheFlowNeedsOrWhatWaitsCouldFill(
            @ForAll @IntRange(min = 1, max = 20) int maxConcurrent,
            @ForAll @IntRange(min = 1, max = 10) int multiplier,
            @ForAll("histories") List<Look> history) {
        Run<AdaptivePlanner.Memory> run =
                new Run<>(new AdaptivePlanner(maxConcurrent, multiplier, AdaptivePlanner.SCALE_DOWN_DELAY), 0);
        for (Look look : history) {
            int before = run.memory.desired();
            Flow flow = run.flow;
            run.sees(look);
            int decided = run.decisions.get(run.decisions.size() - 1);
            Traffic traffic = run.memory.traffic();
            double running = traffic.runningIn(look.startupNanos());
            double flowNeeds = Math.max(running * multiplier, running + Math.sqrt(running)) / maxConcurrent;
            // As it was before the decision: those that it starts make the mean smaller.
            double sofar = look.starting() == 0 ? 0 : traffic.starting().sumNanos() / look.starting();
            double horizon = 1.15 * Math.max((double) look.startupNanos(), sofar) + 1e8;
            double fill = (look.pending() + traffic.rate().lastingPerNano() * horizon) / maxConcurrent;
            double most = Math.max(
                            Math.max(before, 1),
                            Math.max(flowNeeds, look.books(flow).present() + fill))
                    + 1;
            assertTrue(decided <= most, decided + " of at most " + most);
        }
    }
}
