package io.lambdadispatch.benchmarks.scale;

import io.lambdadispatch.router.engine.CapacityPlanner;
import io.lambdadispatch.router.engine.Observation;
import java.util.function.IntSupplier;

/** A planner that wants as many instances as it is told, whatever happens. */
record Wanting(IntSupplier instances) implements CapacityPlanner<Wanting.Memory> {
    /** Its latest decision. */
    record Memory(int desired) implements CapacityPlanner.Memory {}

    @Override
    public Memory begin() {
        return new Memory(0);
    }

    @Override
    public Memory plan(Observation observation, Memory memory, long startupNanos, long nowNanos) {
        return new Memory(instances.getAsInt());
    }

    @Override
    public Memory withheld(Memory before, Memory decided, int had) {
        return new Memory(had);
    }
}
