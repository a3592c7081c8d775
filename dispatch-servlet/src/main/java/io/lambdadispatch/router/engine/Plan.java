package io.lambdadispatch.router.engine;

/** A planner with what it remembers: its latest decision, and the one before. Not thread-safe. */
final class Plan<M extends CapacityPlanner.Memory> {
    private final CapacityPlanner<M> planner;
    private M before;
    private M memory;

    Plan(CapacityPlanner<M> planner) {
        this.planner = planner;
        this.memory = planner.begin();
        this.before = memory;
    }

    int desired() {
        return memory.desired();
    }

    void decide(Observation observation, long startupNanos, long nowNanos) {
        before = memory;
        memory = planner.plan(observation, before, startupNanos, nowNanos);
    }

    /** Fewer can be had than were decided. */
    void withhold(int had) {
        memory = planner.withheld(before, memory, had);
    }
}
