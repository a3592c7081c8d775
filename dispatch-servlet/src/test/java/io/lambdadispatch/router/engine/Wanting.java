package io.lambdadispatch.router.engine;

import java.util.function.ToIntFunction;

/** A planner that wants what it is told, and remembers nothing else. */
record Wanting(ToIntFunction<Observation> wanted) implements CapacityPlanner<Wanting.Memory> {
    /** Its latest decision. */
    record Memory(int desired) implements CapacityPlanner.Memory {}

    @Override
    public Memory begin() {
        return new Memory(0);
    }

    @Override
    public Memory plan(Observation observation, Memory memory, long startupNanos, long nowNanos) {
        return new Memory(wanted.applyAsInt(observation));
    }

    @Override
    public Memory withheld(Memory before, Memory decided, int had) {
        return new Memory(had);
    }
}
