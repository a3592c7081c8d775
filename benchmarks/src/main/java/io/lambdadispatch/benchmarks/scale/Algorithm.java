package io.lambdadispatch.benchmarks.scale;

import io.lambdadispatch.router.engine.AdaptivePlanner;
import io.lambdadispatch.router.engine.CapacityPlanner;
import io.lambdadispatch.router.engine.EwmaPlanner;
import io.lambdadispatch.router.engine.SimplePlanner;

/** A planner to be compared, with the delays that the router gives it by default. */
enum Algorithm {
    SIMPLE,
    EWMA,
    ADAPTIVE;

    CapacityPlanner<?> planner(int maxConcurrent, int multiplier) {
        return switch (this) {
            case SIMPLE -> new SimplePlanner(maxConcurrent, multiplier, SimplePlanner.SCALE_DOWN_DELAY);
            case EWMA -> new EwmaPlanner(maxConcurrent, multiplier, SimplePlanner.SCALE_DOWN_DELAY);
            case ADAPTIVE -> new AdaptivePlanner(maxConcurrent, multiplier, AdaptivePlanner.SCALE_DOWN_DELAY);
        };
    }
}
