package io.lambdadispatch.router.engine;

/**
 * Decides how many instances there are to be. A pure function: the same observation, memory and time give the same decision,
 * and what it must remember it hands back.
 */
@FunctionalInterface
public interface CapacityPlanner {
    /**
     * Decides anew.
     *
     * @param memory what the last decision handed back; {@link Memory#START} at first
     * @return the memory to hand in next time; its {@link Memory#desired()} is the decision
     */
    Memory plan(Observation observation, Memory memory, long nowNanos);

    /**
     * What a planner knows of the past.
     *
     * @param desired instances that there are to be
     * @param out steps out that may still be made
     * @param in steps in that may still be made
     * @param low fewer instances would do
     * @param silent none would do
     */
    record Memory(int desired, Allowance out, Allowance in, Lasting low, Lasting silent) {
        /** Nothing has happened yet. */
        public static final Memory START = new Memory(0, Allowance.FULL, Allowance.FULL, Lasting.NOT, Lasting.NOT);

        /** The same, but for a step out that was not made: not all that were wanted can be had. */
        Memory withheld(int fewer, Allowance outBefore) {
            return new Memory(fewer, outBefore, in, low, silent);
        }
    }

    /**
     * Something that is so without a break, or is not so.
     *
     * @param sinceNanos means nothing when it is not so
     */
    record Lasting(boolean holds, long sinceNanos) {
        /** It is not so. */
        public static final Lasting NOT = new Lasting(false, 0);

        Lasting seen(boolean holdsNow, long nowNanos) {
            if (!holdsNow) {
                return NOT;
            }
            return holds ? this : new Lasting(true, nowNanos);
        }

        boolean lasts(long nanos, long nowNanos) {
            return holds && nowNanos - sinceNanos >= nanos;
        }
    }

    /**
     * Steps that may be made: a bucket that holds some, and gets a new one now and then.
     *
     * @param spent steps made and not yet given back
     * @param atNanos when {@code spent} was right
     */
    record Allowance(double spent, long atNanos) {
        /** All steps may be made. */
        public static final Allowance FULL = new Allowance(0, 0);

        Allowance at(long nowNanos, double nanosPerStep) {
            if (spent == 0) {
                return new Allowance(0, nowNanos);
            }
            // A clock that jumps back gives nothing and takes nothing.
            long elapsed = Math.max(0, nowNanos - atNanos);
            return new Allowance(Math.max(0, spent - elapsed / nanosPerStep), nowNanos);
        }

        boolean permits(int burst) {
            return spent + 1 <= burst;
        }

        Allowance spend() {
            return new Allowance(spent + 1, atNanos);
        }
    }
}
