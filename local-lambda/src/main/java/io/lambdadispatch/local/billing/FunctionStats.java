package io.lambdadispatch.local.billing;

import java.util.List;
import java.util.Map;

/**
 * What one function has done since the start of local-lambda.
 *
 * @param counts those that are not 0
 * @param environments the environments alive now
 */
public record FunctionStats(Map<Count, Long> counts, List<EnvironmentStats> environments) {

    /** Copies both. */
    public FunctionStats {
        counts = Map.copyOf(counts);
        environments = List.copyOf(environments);
    }

    /** One of the counts. */
    public long count(Count count) {
        return counts.getOrDefault(count, 0L);
    }

    /** {@link Count#INVOKES}. */
    public long invokes() {
        return count(Count.INVOKES);
    }

    /** {@link Count#COLD_STARTS}. */
    public long coldStarts() {
        return count(Count.COLD_STARTS);
    }

    /** Environments alive now. */
    public int liveEnvironments() {
        return environments.size();
    }

    /** Environments with an invoke now. */
    public int busy() {
        return (int) environments.stream().filter(EnvironmentStats::busy).count();
    }

    /** {@link Count#THROTTLES}. */
    public long throttles() {
        return count(Count.THROTTLES);
    }

    /** {@link Count#FUNCTION_ERRORS}. */
    public long functionErrors() {
        return count(Count.FUNCTION_ERRORS);
    }

    /** {@link Count#TIMEOUTS}. */
    public long timeouts() {
        return count(Count.TIMEOUTS);
    }

    /** {@link Count#BILLED_MS}. */
    public long billedMs() {
        return count(Count.BILLED_MS);
    }

    /** {@link Count#INIT_MS}. */
    public long initMs() {
        return count(Count.INIT_MS);
    }
}
