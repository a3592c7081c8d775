package io.lambdadispatch.benchmarks.scale;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * What planners are compared by. Ten requests at a time with a multiplier of 2, cold in 5 s, warm in 100 ms, unless it says
 * otherwise; users come by chance, and the app takes an exponential time.
 */
@SuppressWarnings("ImmutableEnumChecker") // loads, times and stories are functions without state
enum ScalingScenario {
    BURST("200 at once, 200 ms each", taking(exactly(200)), story -> {
        story.burst(200);
        story.pass(seconds(15));
    }),
    BURST_OF_STREAMS("200 at once, 60 s each", taking(exactly(60_000)), story -> {
        story.burst(200);
        story.pass(seconds(90));
    }),
    BURSTS("100 at once each 10 s", taking(about(200)), story -> {
        for (int i = 0; i < 12; i++) {
            story.burst(100);
            story.pass(seconds(10));
        }
    }),
    FROM_ZERO("100/s × 200 ms, from zero", taking(about(200)), story -> {
        story.load(Load.poisson(100));
        story.pass(seconds(60));
    }),
    MANY_FROM_ZERO("1,000/s × 50 ms, from zero", taking(about(50)), story -> {
        story.load(Load.poisson(1_000));
        story.pass(seconds(60));
    }),
    STEADY("100/s × 200 ms, for 5 min", taking(about(200)), Load.poisson(100), story -> story.pass(seconds(300))),
    MANY("1,000/s × 50 ms, for 2 min", taking(about(50)), Load.poisson(1_000), story -> story.pass(seconds(120))),
    HEAVY_TAIL("100/s × 200 ms, heavy tail", taking(ServiceTime.heavyTailed(millis(200))), Load.poisson(100), story -> {
        story.pass(seconds(300));
    }),
    ONE_AT_A_TIME("25/s × 200 ms, one at a time", taking(about(200)).running(1), Load.poisson(25), story -> {
        story.pass(seconds(300));
    }),
    FEW("3/s × 200 ms, for 5 min", taking(about(200)), Load.poisson(3), story -> story.pass(seconds(300))),
    STREAMS("2/s × 60 s, for 5 min", taking(exactly(60_000)), Load.poisson(2), story -> story.pass(seconds(300))),
    MIXED(
            "200/s × 50 ms, 0.4/s × 60 s",
            taking(about(50).mixedWith(0.002, exactly(60_000))),
            Load.poisson(200),
            story -> {
                story.pass(seconds(300));
            }),
    DOUBLING("100/s, suddenly 200/s", taking(about(200)), Load.poisson(100), story -> {
        story.load(Load.poisson(200));
        story.pass(seconds(60));
    }),
    FALLING("100/s, suddenly none", taking(about(200)), Load.poisson(100), story -> {
        story.load(Load.NONE);
        story.pass(seconds(60));
    }),
    FADING("100/s, suddenly 1/s", taking(about(200)), Load.poisson(100), story -> {
        story.load(Load.poisson(1));
        story.pass(seconds(60));
    }),
    RAMP("0 to 500/s in 60 s", taking(about(200)), story -> {
        story.load(Load.ramp(0, 500, seconds(60)));
        story.pass(seconds(90));
    }),
    WAVES("100/s ± 80/s each 20 s", taking(about(200)), Load.wave(100, 80, seconds(20)), story -> {
        story.pass(seconds(300));
    }),
    DAY("a day to 300/s in 10 min", taking(about(200)), story -> {
        story.load(Load.day(300, seconds(600)));
        story.pass(seconds(600));
    }),
    DEADLINES("100/s, instances live 60 s", taking(about(200)).living(seconds(60)), Load.poisson(100), story -> {
        story.pass(seconds(600));
    });

    private final String title;
    private final SimulatedFunction function;
    private final Load before;
    private final Consumer<Simulation> story;

    ScalingScenario(String title, SimulatedFunction function, Consumer<Simulation> story) {
        this(title, function, null, story);
    }

    /** A story that begins when that load has lasted for 2 min. */
    ScalingScenario(String title, SimulatedFunction function, Load before, Consumer<Simulation> story) {
        this.title = title;
        this.function = function;
        this.before = before;
        this.story = story;
    }

    /** What it was like with that planner; the same for the same seed, whatever the clock said at first. */
    Figures playedBy(Algorithm algorithm, long seed, long epoch) {
        Simulation simulation = new Simulation(
                new VirtualTime(epoch),
                seed,
                function,
                (time, simulated, chance) ->
                        new Routed(time, simulated, chance, algorithm.planner(simulated.maxConcurrent(), 2)));
        if (before != null) {
            simulation.load(before);
            simulation.pass(seconds(120));
        }
        simulation.figures();
        story.accept(simulation);
        Figures figures = simulation.figures();
        simulation.end();
        return figures;
    }

    @Override
    public String toString() {
        return title;
    }

    private static SimulatedFunction taking(ServiceTime time) {
        return SimulatedFunction.taking(time);
    }

    private static ServiceTime exactly(long millis) {
        return ServiceTime.constant(millis(millis));
    }

    private static ServiceTime about(long millis) {
        return ServiceTime.exponential(millis(millis));
    }

    private static Duration seconds(long seconds) {
        return Duration.ofSeconds(seconds);
    }

    private static Duration millis(long millis) {
        return Duration.ofMillis(millis);
    }
}
