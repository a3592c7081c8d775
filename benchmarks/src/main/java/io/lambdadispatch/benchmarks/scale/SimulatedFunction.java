package io.lambdadispatch.benchmarks.scale;

import java.time.Duration;

/**
 * How a function behaves, and what AWS does with its environments.
 *
 * @param maxConcurrent requests that one instance runs at once; plain Lambda runs one in any case
 * @param coldStart from the invoke until a new environment serves: to an instance's first channel, or to the handler's call
 * @param warmStart from the invoke to the first channel, in an environment that has been used
 * @param serviceTime how long it takes for a request, the same whatever else runs beside it
 * @param idleGrace how long an instance stays without a request
 * @param life how long an instance stays at most
 * @param keptWarm how long AWS keeps an environment that nobody uses
 */
record SimulatedFunction(
        int maxConcurrent,
        Duration coldStart,
        Duration warmStart,
        ServiceTime serviceTime,
        Duration idleGrace,
        Duration life,
        Duration keptWarm) {

    /** Ten at a time, cold in 5 s, warm in 100 ms, with the client's defaults, and a deadline that is far away. */
    static SimulatedFunction taking(ServiceTime serviceTime) {
        return new SimulatedFunction(
                10,
                Duration.ofSeconds(5),
                Duration.ofMillis(100),
                serviceTime,
                Duration.ofMillis(250),
                Duration.ofMinutes(14),
                Duration.ofMinutes(10));
    }

    SimulatedFunction running(int atOnce) {
        return new SimulatedFunction(atOnce, coldStart, warmStart, serviceTime, idleGrace, life, keptWarm);
    }

    SimulatedFunction startingIn(Duration cold, Duration warm) {
        return new SimulatedFunction(maxConcurrent, cold, warm, serviceTime, idleGrace, life, keptWarm);
    }

    SimulatedFunction living(Duration longest) {
        return new SimulatedFunction(maxConcurrent, coldStart, warmStart, serviceTime, idleGrace, longest, keptWarm);
    }

    SimulatedFunction stayingIdle(Duration grace) {
        return new SimulatedFunction(maxConcurrent, coldStart, warmStart, serviceTime, grace, life, keptWarm);
    }

    SimulatedFunction keptWarmFor(Duration unused) {
        return new SimulatedFunction(maxConcurrent, coldStart, warmStart, serviceTime, idleGrace, life, unused);
    }
}
