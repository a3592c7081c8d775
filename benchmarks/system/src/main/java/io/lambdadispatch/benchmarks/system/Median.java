package io.lambdadispatch.benchmarks.system;

import java.util.stream.DoubleStream;

/** The middle of some figures. */
public final class Median {
    private Median() {}

    /** The mean of the two in the middle when their number is even; NaN of none. */
    public static double of(DoubleStream figures) {
        double[] sorted = figures.sorted().toArray();
        int middle = sorted.length / 2;
        if (sorted.length == 0) {
            return Double.NaN;
        }
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
