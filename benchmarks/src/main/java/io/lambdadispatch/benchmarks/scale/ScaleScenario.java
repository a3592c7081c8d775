package io.lambdadispatch.benchmarks.scale;

import java.time.Duration;
import java.util.function.BiConsumer;

/**
 * What users and operators do to a service, at sizes for which no cloud account need be charged. Ten requests an instance at
 * once, cold in 5 s, warm in 100 ms; users come by chance, and the app waits for something else, an exponential time.
 */
@SuppressWarnings("ImmutableEnumChecker") // times and stories are functions without state
enum ScaleScenario {
    DAY("a day, up to 3,000/s × 200 ms", 3_000, 200, hours(24), (story, rate) -> {
        story.load(Load.day(rate, hours(24)));
        story.pass(hours(24));
    }),
    SPIKES("200/s × 200 ms, ten times that for 20 s each 15 min", 2_000, 200, minutes(90), (story, rate) -> {
        warmUp(story, rate / 10);
        for (int i = 0; i < 6; i++) {
            story.pass(minutes(7));
            story.load(Load.poisson(rate));
            story.pass(Duration.ofSeconds(20));
            story.load(Load.poisson(rate / 10));
            story.pass(minutes(8).minusSeconds(20));
        }
    }),
    DEPLOY("2,000/s × 200 ms, all replaced within a minute", 2_000, 200, minutes(5), (story, rate) -> {
        warmUp(story, rate);
        story.pass(minutes(1));
        story.deploy(minutes(1));
        story.pass(minutes(4));
    }),
    ZONE("2,000/s × 200 ms, a third dies at once", 2_000, 200, minutes(5), (story, rate) -> {
        warmUp(story, rate);
        story.pass(minutes(1));
        story.lose(1 / 3.0);
        story.pass(minutes(4));
    }),
    LARGE("0 to 100,000/s × 500 ms in 9 min, for a minute", 100_000, 500, minutes(10), (story, rate) -> {
        story.load(Load.ramp(0, rate, minutes(9)));
        story.pass(minutes(10));
    });

    private final String title;
    private final double busiest;
    private final SimulatedFunction function;
    private final Duration length;
    private final BiConsumer<Story, Double> plot;

    ScaleScenario(String title, double busiest, long serviceMillis, Duration length, BiConsumer<Story, Double> plot) {
        this.title = title;
        this.busiest = busiest;
        this.function = SimulatedFunction.taking(ServiceTime.exponential(Duration.ofMillis(serviceMillis)));
        this.length = length;
        this.plot = plot;
    }

    /** Slow enough for AWS to follow, and then as long as AWS keeps what nobody uses. */
    private static void warmUp(Story story, double rate) {
        story.load(Load.ramp(0, rate, minutes(5)));
        story.warmUp(minutes(20));
    }

    private static Duration minutes(long minutes) {
        return Duration.ofMinutes(minutes);
    }

    private static Duration hours(long hours) {
        return Duration.ofHours(hours);
    }

    /** How long it lasts, without what comes before. */
    Duration length() {
        return length;
    }

    /** Requests per second, at most. */
    double busiest() {
        return busiest;
    }

    /**
     * Plays it to the end.
     *
     * @param size a share of the rate, 1 for all of it
     */
    Story playedBy(Contestant contestant, long seed, double size) {
        Story story =
                new Story(new Simulation(new VirtualTime(), seed, function, contestant.maker()), length, contestant);
        plot.accept(story, busiest * size);
        story.end();
        return story;
    }

    @Override
    public String toString() {
        return title;
    }
}
