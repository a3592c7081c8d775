package io.lambdadispatch.router.assembly;

import io.lambdadispatch.router.engine.Observation;

/**
 * What a leaving router has not finished.
 *
 * @param waiting requests without a channel
 * @param running requests that are being served, or whose users have not taken all of the answer
 * @param instances those whose invoke has not ended
 */
public record Unfinished(int waiting, int running, int instances) {
    static final Unfinished NOTHING = new Unfinished(0, 0, 0);

    static Unfinished of(Observation books) {
        return new Unfinished(books.pending(), books.running(), books.starting() + books.open() + books.draining());
    }

    Unfinished and(Unfinished other) {
        return new Unfinished(waiting + other.waiting, running + other.running, instances + other.instances);
    }

    /** An exchange that the container has not completed is unfinished, even if the instance's part in it is over. */
    Unfinished withExchanges(int exchanges) {
        return new Unfinished(waiting, Math.max(running, exchanges - waiting), instances);
    }

    /** Whether there is nothing. */
    public boolean isNothing() {
        return waiting == 0 && running == 0 && instances == 0;
    }

    /** For operators. */
    @Override
    public String toString() {
        return waiting + " waiting and " + running + " running requests, " + instances + " instances";
    }
}
