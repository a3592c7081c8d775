package io.lambdadispatch.router.engine;

import io.lambdadispatch.router.engine.Observation.Flow;
import java.util.concurrent.TimeUnit;

/**
 * What a pool has to do, measured from one look at its books to the next: how requests come, how long they run, and how long
 * instances have been starting. What is long ago fades exponentially. Immutable; a look hands back what is known after it.
 *
 * @param flow at the latest look
 * @param atNanos when that was
 * @param isBegun whether there was any
 */
record Traffic(Rate rate, Work work, Starting starting, Flow flow, long atNanos, boolean isBegun) {
    private static final double STABLE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final double RECENT_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Before the first look. Stands below the constants that it is made of. */
    static final Traffic NONE = new Traffic(Rate.NONE, Work.NONE, Starting.NONE, Flow.NONE, 0, false);

    /** What is known after another look. */
    Traffic seen(Observation books, long startupNanos, long nowNanos) {
        // A clock that jumps back is one that stood still.
        long elapsed = isBegun ? Math.max(0, nowNanos - atNanos) : 0;
        // When the clock jumps ahead, or this router stood still, nobody knows what ran meanwhile.
        long watched = Math.min(elapsed, (long) RECENT_NANOS);
        return new Traffic(
                rate.after(books.flow().arrivals() - flow.arrivals(), elapsed),
                work.after(books.flow().ended() - flow.ended(), books.running(), watched),
                starting.after(books.starting(), startupNanos, watched),
                books.flow(),
                nowNanos,
                true);
    }

    /** That many more instances are started at this moment; negative for less than were said. */
    Traffic plusStarts(int starts) {
        return new Traffic(rate, work, starting.plus(starts), flow, atNanos, isBegun);
    }

    /**
     * How many requests will run when that time is over: λ × W in the end; of those that run now e^(-t / W) are still there
     * then, and as much of the rest is not there yet.
     */
    double runningIn(long nanos) {
        double took = work.tookNanos();
        double still = Math.exp(-Math.max((double) nanos, RECENT_NANOS) / took);
        return still * work.running + (1 - still) * rate.perNano * took;
    }

    /**
     * Requests that come, per ns.
     *
     * @param perNano over half of the time since the rate has changed, at least a short window, at most a long one
     * @param windowNanos that time
     * @param recent over the short window: when it differs from the above by what cannot be chance, the rate has changed
     * @param stable over the long window, whatever has changed
     */
    record Rate(double perNano, double windowNanos, double recent, double stable) {
        private static final Rate NONE = new Rate(0, RECENT_NANOS, 0, 0);

        /** What differs by fewer standard deviations may be chance. */
        private static final double CHANCE = 4;

        private Rate after(long came, long elapsed) {
            double window = Math.min(STABLE_NANOS, windowNanos + elapsed / 2.0);
            double average = average(perNano, came, elapsed, window);
            double lately = average(recent, came, elapsed, RECENT_NANOS);
            double deviation = Math.sqrt(average / (2 * RECENT_NANOS));
            boolean hasChanged = Math.abs(lately - average) > CHANCE * deviation;
            return new Rate(
                    hasChanged ? lately : average,
                    hasChanged ? RECENT_NANOS : window,
                    lately,
                    average(stable, came, elapsed, STABLE_NANOS));
        }

        private static double average(double before, long came, long elapsed, double window) {
            double kept = Math.exp(-elapsed / window);
            // What came at once is spread over the window, as the limit of ever shorter times.
            return kept * before + came * (elapsed == 0 ? 1 / window : (1 - kept) / elapsed);
        }

        /** A rush is not taken to go on, since it may be a burst, and over; a lull is. */
        double lastingPerNano() {
            return Math.min(stable, perNano);
        }
    }

    /**
     * How long requests run.
     *
     * @param ended how many ended, a sum that fades
     * @param spentNanos how long requests ran meanwhile, also those that still do, such a sum too
     * @param running how many ran, over the short window
     * @param runningNow how many run
     */
    record Work(double ended, double spentNanos, double running, int runningNow) {
        private static final Work NONE = new Work(0, 0, 0, 0);

        /** What a request is taken for before any was seen. */
        private static final double FIRST_GUESS_NANOS = TimeUnit.MILLISECONDS.toNanos(150);

        /** While none ends, each that runs is taken to have done no more of its work, and the longer they run the less. */
        private static final double MOST_DONE = 0.25;

        private Work after(long over, int runs, long elapsed) {
            // Time in which nothing runs tells nothing of how long requests take.
            double kept = runs == 0 ? 1 : Math.exp(-elapsed / STABLE_NANOS);
            double recent = Math.exp(-elapsed / RECENT_NANOS);
            return new Work(
                    kept * ended + over,
                    kept * spentNanos + (double) elapsed * runs,
                    recent * running + (1 - recent) * runs,
                    runs);
        }

        /**
         * How long a request takes: the time that all of them ran by how many ended, so that streams tell long before they do. The
         * guess counts as one among those that were seen.
         */
        double tookNanos() {
            double share = Math.min(MOST_DONE, FIRST_GUESS_NANOS * runningNow / Math.max(1, spentNanos));
            return (FIRST_GUESS_NANOS + spentNanos) / (1 + Math.max(ended, share * runningNow));
        }
    }

    /**
     * Instances that start.
     *
     * @param count how many
     * @param sumNanos how long they have been starting, in all
     */
    record Starting(int count, double sumNanos) {
        private static final Starting NONE = new Starting(0, 0);

        private Starting after(int now, long startupNanos, long elapsed) {
            if (now == 0) {
                return NONE;
            }
            double all = sumNanos + (double) count * elapsed;
            // Those that called back, or failed, had been starting for the longest.
            double longest = Math.max((double) startupNanos, count == 0 ? 0 : all / count);
            return new Starting(now, Math.max(0, all - Math.max(0, count - now) * longest));
        }

        private Starting plus(int starts) {
            return new Starting(Math.max(0, count + starts), sumNanos);
        }

        /** How long they have been starting, on an average. */
        double meanNanos() {
            return count == 0 ? 0 : sumNanos / count;
        }
    }
}
