package io.lambdadispatch.router.engine;

/** Each planner, with the delays that the router gives it by default. */
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
