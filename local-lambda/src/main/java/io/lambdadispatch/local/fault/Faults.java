package io.lambdadispatch.local.fault;

import io.lambdadispatch.local.LocalLambda;
import io.lambdadispatch.local.config.FunctionSettings;
import io.lambdadispatch.local.config.LocalLambdaSettings;
import io.lambdadispatch.local.function.Refusal;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What goes wrong with a function, on purpose. Immutable; {@link #NONE} is a function as it was started, the
 * {@code with…} methods change one thing. They apply to invokes that come later, {@link #freeze} at once.
 *
 * @param refusal every Invoke is refused with this
 * @param error every invoke fails as if its handler had thrown; the environment, cold or warm, stays
 * @param crashDuringInit the processes of a new environment are killed as soon as they are started
 * @param crash environments that are given an invoke are killed
 * @param hangAfter environments are stopped (SIGSTOP) for good so long after they were given an invoke, unless they have
 *     answered it; the function's time-out ends them, or {@link LocalLambda#thaw} lets them go on
 * @param coldStartDelay instead of {@link LocalLambdaSettings#coldStartDelay}
 * @param timeout instead of {@link FunctionSettings#timeout}
 * @param freeze instead of {@link LocalLambdaSettings#freezeIdle}
 */
public record Faults(
        Optional<Refusal> refusal,
        boolean error,
        boolean crashDuringInit,
        Optional<Crash> crash,
        Optional<Duration> hangAfter,
        Optional<Duration> coldStartDelay,
        Optional<Duration> timeout,
        Optional<Boolean> freeze) {

    /** Nothing goes wrong. */
    public static final Faults NONE = new Faults(
            Optional.empty(),
            false,
            false,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    /** Checks that no time is negative and no time-out beyond AWS's. */
    public Faults {
        Objects.requireNonNull(refusal, "refusal");
        Objects.requireNonNull(crash, "crash");
        Objects.requireNonNull(freeze, "freeze");
        hangAfter.ifPresent(time -> check("hangAfter", time, Duration.ZERO));
        coldStartDelay.ifPresent(time -> check("coldStartDelay", time, Duration.ZERO));
        timeout.ifPresent(time -> check("timeout", time, Duration.ofMillis(1)));
    }

    /**
     * SIGKILL to all processes of an environment.
     *
     * @param after so long after it was given an invoke, unless it has answered
     * @param invokesBefore how many invokes it answers before the one that kills it
     */
    public record Crash(Duration after, int invokesBefore) {
        /** Checks that neither is negative. */
        public Crash {
            check("crash after", after, Duration.ZERO);
            if (invokesBefore < 0) {
                throw new IllegalArgumentException("crash after invokes: " + invokesBefore + " (expected: 0 or more)");
            }
        }
    }

    private static void check(String name, Duration time, Duration least) {
        if (time.compareTo(least) < 0 || time.compareTo(FunctionSettings.LONGEST_TIMEOUT) > 0) {
            throw new IllegalArgumentException(name + ": " + time.toMillis() + " ms (expected: " + least.toMillis()
                    + " to " + FunctionSettings.LONGEST_TIMEOUT.toMillis() + ")");
        }
    }

    /** The same with every Invoke refused; {@code null} for none. */
    public Faults withRefusal(Refusal other) {
        return new Faults(
                Optional.ofNullable(other), error, crashDuringInit, crash, hangAfter, coldStartDelay, timeout, freeze);
    }

    /** The same with every invoke failing, or not. */
    public Faults withError(boolean other) {
        return new Faults(refusal, other, crashDuringInit, crash, hangAfter, coldStartDelay, timeout, freeze);
    }

    /** The same with new environments killed, or not. */
    public Faults withCrashDuringInit(boolean other) {
        return new Faults(refusal, error, other, crash, hangAfter, coldStartDelay, timeout, freeze);
    }

    /** The same with environments killed during an invoke; {@code null} for none. */
    public Faults withCrash(Crash other) {
        return new Faults(
                refusal,
                error,
                crashDuringInit,
                Optional.ofNullable(other),
                hangAfter,
                coldStartDelay,
                timeout,
                freeze);
    }

    /** The same with environments killed so long after they were given any invoke. */
    public Faults withCrashAfter(Duration after) {
        return withCrash(new Crash(after, 0));
    }

    /** The same with environments that hang during an invoke; {@code null} for none. */
    public Faults withHangAfter(Duration other) {
        return new Faults(
                refusal, error, crashDuringInit, crash, Optional.ofNullable(other), coldStartDelay, timeout, freeze);
    }

    /** The same with another cold start delay; {@code null} for the one that local-lambda was started with. */
    public Faults withColdStartDelay(Duration other) {
        return new Faults(
                refusal, error, crashDuringInit, crash, hangAfter, Optional.ofNullable(other), timeout, freeze);
    }

    /** The same with another time-out of the function; {@code null} for the one that it was started with. */
    public Faults withTimeout(Duration other) {
        return new Faults(
                refusal, error, crashDuringInit, crash, hangAfter, coldStartDelay, Optional.ofNullable(other), freeze);
    }

    /** The same with idle environments frozen or not; {@code null} for what local-lambda was started with. */
    public Faults withFreeze(Boolean other) {
        return new Faults(
                refusal, error, crashDuringInit, crash, hangAfter, coldStartDelay, timeout, Optional.ofNullable(other));
    }
}
