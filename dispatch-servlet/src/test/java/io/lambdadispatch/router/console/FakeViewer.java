package io.lambdadispatch.router.console;

import io.lambdadispatch.router.relay.MemoryEnd;

/** A browser that looks at the console. */
final class FakeViewer {
    private final MemoryEnd end = MemoryEnd.of("GET", "/console/events");

    /** Comes in. */
    FakeViewer enter(Viewers viewers) {
        if (!isAdmitted(viewers)) {
            throw new AssertionError("not admitted");
        }
        return this;
    }

    boolean isAdmitted(Viewers viewers) {
        return viewers.admit(end, "hello|");
    }

    /** Takes nothing more. */
    void stall() {
        var unused = end.stall();
    }

    /** Takes all that there is. */
    void goOn() {
        var unused = end.goOn();
    }

    /** The container has found out that they left. */
    void isFoundGone() {
        var unused = end.breakOff();
    }

    String taken() {
        return end.taken();
    }

    boolean isCompleted() {
        return end.isCompleted();
    }

    boolean isAborted() {
        return end.isAborted();
    }
}
