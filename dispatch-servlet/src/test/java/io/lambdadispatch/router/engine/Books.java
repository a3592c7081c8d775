package io.lambdadispatch.router.engine;

/** Observations as tests write and compare them: what has flowed through is left out. */
final class Books {
    private Books() {}

    static Observation of(
            int pending, int running, int peakRunning, int idleChannels, int starting, int open, int draining) {
        return new Observation(
                pending, running, peakRunning, idleChannels, starting, open, 0, draining, Observation.Flow.NONE);
    }

    static Observation in(Dispatcher dispatcher) {
        Observation seen = dispatcher.snapshot();
        return of(
                seen.pending(),
                seen.running(),
                seen.peakRunning(),
                seen.idleChannels(),
                seen.starting(),
                seen.open(),
                seen.draining());
    }
}
