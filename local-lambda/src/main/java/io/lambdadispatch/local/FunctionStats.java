package io.lambdadispatch.local;

import java.util.List;

/**
 * What one function has done since the start of local-lambda.
 *
 * @param invokes invokes accepted, so without those throttled
 * @param coldStarts environments started
 * @param liveEnvironments environments alive now
 * @param busy environments with an invoke now
 * @param throttles invokes refused at the concurrency limit
 * @param functionErrors invokes that ended with a function error, time-outs included
 * @param timeouts invokes that ran into the function's time-out
 * @param billedMs what AWS would bill, in ms: each invoke rounded up, the init phase of cold ones included
 * @param initMs sum of all init phases, in ms
 * @param environments the environments alive now
 */
public record FunctionStats(
        long invokes,
        long coldStarts,
        int liveEnvironments,
        int busy,
        long throttles,
        long functionErrors,
        long timeouts,
        long billedMs,
        long initMs,
        List<EnvironmentStats> environments) {

    /** Copies the list. */
    public FunctionStats {
        environments = List.copyOf(environments);
    }
}
