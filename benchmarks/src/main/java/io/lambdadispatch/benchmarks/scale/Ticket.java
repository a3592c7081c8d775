package io.lambdadispatch.benchmarks.scale;

/** What one user gets to know of his request: how long it has waited, and its end, which comes once. */
final class Ticket {
    private final Tally tally;
    private final long askedAt;
    private boolean isOver;

    Ticket(Tally tally, long askedAt) {
        this.tally = tally;
        this.askedAt = askedAt;
    }

    /** The app begins with it. One that is sent again begins again, and has waited since it was asked. */
    void begun() {
        tally.begun(askedAt);
    }

    void answered() {
        over();
        tally.answered();
    }

    void failed(Failure why) {
        over();
        tally.failed(why);
    }

    private void over() {
        if (isOver) {
            throw new IllegalStateException("a request ended twice");
        }
        isOver = true;
    }

    /** Why there was no answer. */
    enum Failure {
        /** The router had nobody to serve it. */
        REFUSED,
        /** AWS would not make one more environment at this moment. */
        THROTTLED,
        /** The environment died over it. */
        CUT_OFF
    }
}
