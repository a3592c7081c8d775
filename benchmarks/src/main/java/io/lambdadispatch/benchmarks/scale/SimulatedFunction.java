package io.lambdadispatch.router.engine;

import java.time.Duration;

/**
 * How a function behaves.
 *
 * @param maxConcurrent requests that one instance runs at once
 * @param coldStart from the invoke to the first channel, in a new environment
 * @param warmStart the same, in one that has been used
 * @param serviceTime how long it takes for a request
 * @param idleGrace how long an instance stays without a request
 * @param life how long an instance stays at most
 */
record SimulatedFunction(
        int maxConcurrent,
        Duration coldStart,
        Duration warmStart,
        ServiceTime serviceTime,
        Duration idleGrace,
        Duration life) {

    /** Ten at a time, cold in 5 s, warm in 100 ms, with the client's defaults, and a deadline that is far away. */
    static SimulatedFunction taking(ServiceTime serviceTime) {
        return new SimulatedFunction(
                10,
                Duration.ofSeconds(5),
                Duration.ofMillis(100),
                serviceTime,
                Duration.ofMillis(250),
                Duration.ofMinutes(14));
    }

    SimulatedFunction running(int atOnce) {
        return new SimulatedFunction(atOnce, coldStart, warmStart, serviceTime, idleGrace, life);
    }

    SimulatedFunction startingIn(Duration cold, Duration warm) {
        return new SimulatedFunction(maxConcurrent, cold, warm, serviceTime, idleGrace, life);
    }

    SimulatedFunction living(Duration longest) {
        return new SimulatedFunction(maxConcurrent, coldStart, warmStart, serviceTime, idleGrace, longest);
    }

    SimulatedFunction stayingIdle(Duration grace) {
        return new SimulatedFunction(maxConcurrent, coldStart, warmStart, serviceTime, grace, life);
    }
}
