package io.lambdadispatch.router.engine;

import java.util.concurrent.TimeUnit;

/**
 * How the reference gets from as many instances as there are to be to as many as are wanted: in bounded steps.
 *
 * <p>Out: from zero at once, then up to {@value #OUT_BURST} steps in a burst and one per 2 s, each of at most
 * {@value #LEAST_STEP} or a third of what there is. In: after a delay without a break in which fewer would do, up to
 * {@value #IN_BURST} steps in a burst and one per 2 s; never while a request waits. To zero at once when nothing ran for as
 * long: one quiet moment between two requests is no reason to start from cold again.
 *
 * <p>Unlike the reference, which replaces at once whatever left by itself and is still wanted, that is a step out like any other,
 * unless a request waits: an instance leaves when it has nothing to do, and so would the next one. Such an exchange went on
 * without an end. When fewer would do it is not replaced at all.
 *
 * <p>Immutable; a step hands back what is known after it.
 *
 * @param desired instances that there are to be
 * @param out steps out that may still be made
 * @param in steps in that may still be made
 * @param low fewer instances would do
 * @param silent none would do
 */
record Steps(int desired, Allowance out, Allowance in, Lasting low, Lasting silent) {
    static final Steps NONE = new Steps(0, Allowance.FULL, Allowance.FULL, Lasting.NOT, Lasting.NOT);

    private static final double STEP_SHARE = 0.33;
    private static final int LEAST_STEP = 5;
    private static final int OUT_BURST = 5;
    private static final int IN_BURST = 2;
    private static final double NANOS_PER_STEP = TimeUnit.SECONDS.toNanos(2);

    /**
     * What follows at this moment.
     *
     * @param wanted instances that the work would need
     * @param inDelayNanos how long fewer must do before fewer are kept
     */
    Steps toward(int wanted, Observation observation, long inDelayNanos, long nowNanos) {
        Allowance outNow = out.at(nowNanos);
        Allowance inNow = in.at(nowNanos);
        int next = desired;
        boolean isLow = wanted < next && observation.pending() == 0;
        if (isLow) {
            next = Math.max(wanted, Math.min(next, observation.present()));
        } else if (observation.pending() == 0) {
            // Those that will leave at their deadline are still there: their successors are no step.
            next = Math.min(next, observation.starting() + observation.open());
        }
        Lasting lowNow = low.seen(isLow && wanted < next, nowNanos);
        Lasting silentNow = silent.seen(wanted == 0, nowNanos);
        if (wanted > next && (next == 0 || outNow.permits(OUT_BURST))) {
            outNow = next == 0 ? outNow : outNow.spend();
            next = (int) Math.min(wanted, (long) next + size(next));
        } else if (wanted == 0 && silentNow.lasts(inDelayNanos, nowNanos)) {
            next = 0;
        } else if (wanted > 0 && lowNow.lasts(inDelayNanos, nowNanos) && inNow.permits(IN_BURST)) {
            inNow = inNow.spend();
            next = Math.max(wanted, next - size(next));
        }
        return new Steps(next, outNow, inNow, lowNow, silentNow);
    }

    /** The same, but for a step out that was not made: there are only that many. */
    Steps withheld(Steps before, int had) {
        return new Steps(had, before.out, in, low, silent);
    }

    private static int size(int desired) {
        return Math.max(LEAST_STEP, (int) Math.ceil(desired * STEP_SHARE));
    }

    /**
     * Steps that may be made: a bucket that holds some, and gets a new one now and then.
     *
     * @param spent steps made and not yet given back
     * @param atNanos when {@code spent} was right
     */
    record Allowance(double spent, long atNanos) {
        /** All steps may be made. */
        static final Allowance FULL = new Allowance(0, 0);

        Allowance at(long nowNanos) {
            if (spent == 0) {
                return new Allowance(0, nowNanos);
            }
            // A clock that jumps back gives nothing and takes nothing.
            long elapsed = Math.max(0, nowNanos - atNanos);
            return new Allowance(Math.max(0, spent - elapsed / NANOS_PER_STEP), nowNanos);
        }

        boolean permits(int burst) {
            return spent + 1 <= burst;
        }

        Allowance spend() {
            return new Allowance(spent + 1, atNanos);
        }
    }
}
