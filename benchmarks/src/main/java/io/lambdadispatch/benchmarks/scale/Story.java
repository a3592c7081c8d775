package io.lambdadispatch.benchmarks.scale;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A scenario as one contestant has lived through it: what was seen at even intervals, and all in all. */
final class Story {
    private static final int SAMPLES = 240;

    private final Simulation simulation;
    private final Contestant contestant;
    private final Duration interval;
    private final List<Sample> samples = new ArrayList<>();
    private final long begun = System.nanoTime();
    private Figures all = Figures.none();
    private Duration took = Duration.ZERO;

    /**
     * What one interval was like.
     *
     * @param at its end, since the beginning
     * @param p999Millis 999 of 1,000 that were begun in it had waited no longer
     * @param instances most at once
     */
    record Sample(Duration at, double p999Millis, int instances) {}

    Story(Simulation simulation, Duration length, Contestant contestant) {
        this.simulation = simulation;
        this.contestant = contestant;
        this.interval = length.dividedBy(SAMPLES);
    }

    void load(Load load) {
        simulation.load(load);
    }

    void deploy(Duration within) {
        simulation.deploy(within);
    }

    void lose(double share) {
        simulation.lose(share);
    }

    /** Time passes before the story begins. */
    void warmUp(Duration duration) {
        simulation.pass(duration);
        simulation.figures();
    }

    /** Time passes, and is looked at. */
    void pass(Duration duration) {
        for (Duration left = duration; !left.isZero(); ) {
            Duration step = left.compareTo(interval) < 0 ? left : interval;
            simulation.pass(step);
            left = left.minus(step);
            look(step);
        }
    }

    private void look(Duration step) {
        Figures figures = simulation.figures();
        all = all.plus(figures);
        Duration at =
                samples.isEmpty() ? step : samples.get(samples.size() - 1).at().plus(step);
        samples.add(new Sample(at, figures.p999Millis(), figures.peak()));
    }

    /** Those who still wait are served; they count too. */
    void end() {
        simulation.end();
        all = all.plus(simulation.figures());
        took = Duration.ofNanos(System.nanoTime() - begun);
    }

    Contestant contestant() {
        return contestant;
    }

    Figures figures() {
        return all;
    }

    List<Sample> samples() {
        return samples;
    }

    /** On the machine's own clock. */
    Duration took() {
        return took;
    }
}
