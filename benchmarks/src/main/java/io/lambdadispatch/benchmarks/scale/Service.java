package io.lambdadispatch.benchmarks.scale;

import io.lambdadispatch.benchmarks.scale.Environments.Bill;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** What users talk to: the function behind a router, or behind AWS Lambda alone. */
interface Service {
    /**
     * A user asks.
     *
     * @param ticket is told what becomes of it
     * @param serviceNanos how long the app takes for it
     * @param isSafe whether it may be sent again when the app died over it
     */
    void request(Ticket ticket, long serviceNanos, boolean isSafe);

    /** There is a new version of the function; all that runs the old one is replaced, one after the other, within that time. */
    void deploy(Duration within);

    /** That share of all environments dies at this moment, with what runs in it. */
    void lose(double share);

    /** Invokes that are open now, without those that only warm an environment. */
    int instances();

    /** The most of them at once since this was asked last. */
    int takePeak();

    /** Of all that has been billed, invokes that only warmed an environment. */
    long warmings();

    /** How often it was decided anew how many instances there are to be. */
    long changes();

    /** What has been paid for so far. */
    Bill bill();

    /** Makes one. */
    @FunctionalInterface
    interface Maker {
        Service make(VirtualTime time, SimulatedFunction function, RandomGenerator chance);
    }
}
