package io.lambdadispatch.benchmarks.system.hop;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What one round of load on one side has shown.
 *
 * @param errors requests that failed: connection, read, write, time-out, or a status from 400 on
 * @param hopMicros CPU of each hop's own processes, a request
 * @param heapBytes allocated by the router, a request; NaN where there is none
 */
record Round(
        double requestsPerSecond,
        double p50Millis,
        double p99Millis,
        long errors,
        List<Double> hopMicros,
        double heapBytes) {
    /** Copies the list. */
    Round {
        hopMicros = List.copyOf(hopMicros);
    }

    /** CPU of all hops, a request. */
    double cpuMicros() {
        return hopMicros.stream().mapToDouble(hop -> hop).sum();
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "CPU %.1f us (%s), %,.0f requests/s, p50 %.2f ms, p99 %.2f ms, %d errors%s",
                cpuMicros(),
                hopMicros.stream()
                        .map(hop -> String.format(Locale.ROOT, "%.1f", hop))
                        .collect(Collectors.joining(" + ")),
                requestsPerSecond,
                p50Millis,
                p99Millis,
                errors,
                Double.isNaN(heapBytes) ? "" : String.format(Locale.ROOT, ", router's heap %,.0f bytes", heapBytes));
    }
}
