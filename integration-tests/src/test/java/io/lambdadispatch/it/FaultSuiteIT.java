package io.lambdadispatch.it;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.it.load.DemoWorkload;
import io.lambdadispatch.it.load.LoadGenerator;
import io.lambdadispatch.it.load.LoadReport;
import io.lambdadispatch.it.load.Outcome;
import io.lambdadispatch.it.load.Outcome.Kind;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Steady load while everything goes wrong that can: instances are killed, deadlines pass, AWS throttles, the router is
 * replaced by another one. Nobody may notice but those with an unsafe request on a killed instance.
 *
 * <p>{@code mvn verify} plays it for a moment, {@code mvn verify -Pfaults} in full: 1,000 requests a second for a minute, or as
 * many as the machine carries when nothing is wrong. What was seen is in {@code target/logs/fault-suite}.
 */
@Tag("faults")
class FaultSuiteIT {
    private static final int MAX_CONCURRENT = 20;
    private static final int MAX_INSTANCES = 5;
    private static final int MOST_INVOKES_IN_OUTAGE = 20;
    private static final Duration BETWEEN_KILLS = Duration.ofSeconds(2);

    /** Clients leave 15 s before their deadline: each instance 10 s after its start. */
    private static final String FUNCTION_TIMEOUT_S = "25";

    /** Long enough that some instance lives to its deadline. */
    private static final Duration LONG = Duration.ofSeconds(30);

    private static final Duration SURELY_SERVING = Duration.ofSeconds(1);

    private static final Duration LOAD_AFTER_TERM = Duration.ofSeconds(3);

    /** A user's patience. It has to outlast the outage and the router's wait for its next attempt after that. */
    private static final Duration LIMIT = Duration.ofSeconds(90);

    /** How long after a kill a request that it hit may end: the router notices it at once, on a busy machine a bit later. */
    private static final Duration KILL_SHOWS_WITHIN = Duration.ofSeconds(2);

    /** Longer than nothing explains but a queue that grows. */
    private static final double DROWNED_MS = 1000;

    private static final int LEAST_PER_SECOND = 100;

    /** After the outage there is a queue to be served beside those who come. */
    private static final double HEADROOM = 1.2;

    /** The load is ended before. */
    private static final Duration LONGEST = Duration.ofMinutes(5);

    private static final String SERVES = "opened after";
    private static final String ALL_FINISHED = "everything was finished";

    private int perSecond = Integer.getInteger("faults.rate", 200);
    private final Duration length = Duration.ofSeconds(Integer.getInteger("faults.seconds", 12));
    /** Between two kills, so that one falls into it. */
    private final Duration outageAt = length.dividedBy(3).minusSeconds(1);

    private final Duration outage = length.dividedBy(6);
    private final Random random = new Random(11);
    private final List<Kill> kills = new ArrayList<>();
    private LocalSystem system;
    private Service other;
    private long invokesInOutage;
    private long routerEndedNanos;

    /** The kill of an instance, between two readings of the clock; its processes are gone a moment after. */
    private record Kill(String environment, long beforeNanos, long afterNanos) {}

    private interface Action {
        void run() throws Exception;
    }

    private record Step(Duration at, Action action) {}

    @Test
    void nobodyNoticesButThoseWithAnUnsafeRequestOnAKilledInstance() throws Exception {
        try (LocalSystem started = LocalSystem.named("fault-suite")
                .setting("MaxConcurrentCount", Integer.toString(MAX_CONCURRENT))
                .setting("MaxInstances", Integer.toString(MAX_INSTANCES))
                // All that come in an outage; each holds a file.
                .setting("MaxQueuedRequests", "30000")
                .setting("DrainDelay", "00:00:01")
                .setting("ShutdownTimeout", "00:01:30")
                .routerJavaOptions("-Xmx768m -XX:+UseSerialGC")
                .option("--timeout", FUNCTION_TIMEOUT_S)
                // Those that run, those that replace them, and the init-only invokes beside each.
                .option("--concurrency", Integer.toString(4 * MAX_INSTANCES))
                // Short lives: the quick compiler is all that pays.
                .option("--env", "LAMBDA_DISPATCH_JAVA_OPTS=-Xmx64m -XX:TieredStopAtLevel=1")
                .start()) {
            system = started;
            warmUp();
            try (LoadGenerator load = load(perSecond, LONGEST)) {
                play(load.startedNanos());
                long termNanos = System.nanoTime();
                int exit = replaceRouter(load);
                routerEndedNanos = System.nanoTime();
                LoadReport report = load.await();
                tell(report, termNanos, exit);

                assertAll(
                        () -> assertItWasPlayed(report, termNanos),
                        () -> assertNoSafeOneFailed(report),
                        () -> assertUnsafeOnesFailedOnKilledInstancesOnly(report, termNanos),
                        () -> assertNoneIs(Kind.WRONG, report),
                        () -> assertTrue(
                                invokesInOutage < MOST_INVOKES_IN_OUTAGE, invokesInOutage + " invokes in the outage"),
                        () -> assertEquals(0, exit, "exit code"),
                        () -> assertTrue(system.routerLog().contains(ALL_FINISHED), "not all was finished"),
                        () -> assertEquals(0, other.end(), "exit code of the other router"),
                        () -> assertTrue(other.readLog().contains(ALL_FINISHED), "the other did not finish all"),
                        system::awaitNoneBusy);
            }
        } finally {
            if (other != null) {
                other.close();
            }
        }
    }

    /** At the rate that is wanted, or what this machine carries of it, and a little more; a moment is too short to find that out. */
    private void warmUp() throws Exception {
        trial(perSecond / 4.0);
        while (isLong() && isDrowned(trial(HEADROOM * perSecond)) && perSecond > LEAST_PER_SECOND) {
            System.out.println(perSecond + " requests/s are more than this machine carries without any fault");
            perSecond /= 2;
        }
    }

    private LoadReport trial(double rate) throws Exception {
        LoadReport report = load(rate, length.dividedBy(6)).await();
        assertEquals(List.of(), report.bad().stream().map(report::describe).toList(), "while it warms up");
        return report;
    }

    /** Whether half of those who came last waited for a queue. */
    private static boolean isDrowned(LoadReport report) {
        double[] last = report.outcomes().stream()
                .sorted(Comparator.comparingLong(outcome -> outcome.dueNanos() - report.startedNanos()))
                .skip(report.outcomes().size() * 2L / 3)
                .mapToDouble(Outcome::tookMs)
                .sorted()
                .toArray();
        return last[last.length / 2] > DROWNED_MS;
    }

    /**
     * As in any deployment: the next router serves before this one is asked to leave, and the balancer sends nobody new to one whose
     * health has turned.
     */
    private int replaceRouter(LoadGenerator load) throws Exception {
        system.signalRouter("TERM");
        Await.until("its health turns", () -> !system.isHealthy());
        load.moveTo(URI.create(StandaloneRouter.url(other)));
        load.endAfter(LOAD_AFTER_TERM);
        return system.awaitRouterEnd();
    }

    private void startOther() throws IOException {
        other = system.startRouter("other-router", Map.of("MinInstances", "1"));
    }

    private LoadGenerator load(double rate, Duration duration) throws IOException {
        return LoadGenerator.start(URI.create(system.routerUrl()), new DemoWorkload(7), rate, duration, LIMIT);
    }

    /** Everything up to the router's leave-taking. */
    private void play(long startNanos) throws Exception {
        Duration end = length.minus(LOAD_AFTER_TERM);
        Duration outageEnd = outageAt.plus(outage);
        List<Step> steps = new ArrayList<>();
        for (Duration at = BETWEEN_KILLS; at.compareTo(end) < 0; at = at.plus(BETWEEN_KILLS)) {
            steps.add(new Step(at, this::kill));
        }
        steps.add(new Step(outageAt, this::beginOutage));
        steps.add(new Step(outageEnd, this::endOutage));
        steps.add(new Step(outageEnd.plus(end).dividedBy(2), this::startOther));
        steps.add(new Step(
                end, () -> Await.until("the other serves", () -> other.readLog().contains(SERVES))));
        steps.sort(Comparator.comparing(Step::at));
        for (Step step : steps) {
            awaitMoment(startNanos + step.at().toNanos());
            step.action().run();
        }
    }

    private static void awaitMoment(long nanos) {
        for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /**
     * Any instance at work; where there are several, the oldest is to live to its deadline. In the outage there may be none left.
     */
    private void kill() throws IOException, InterruptedException {
        List<String> serving = system.environmentsBusyFor(SURELY_SERVING);
        if (!serving.isEmpty()) {
            int spared = serving.size() > 1 ? 1 : 0;
            String chosen = serving.get(random.nextInt(spared, serving.size()));
            long before = System.nanoTime();
            system.kill(chosen);
            kills.add(new Kill(chosen, before, System.nanoTime()));
        }
    }

    private void beginOutage() throws IOException, InterruptedException {
        system.refuseInvokes("ConcurrentInvocationLimitExceeded");
        invokesInOutage = -system.count("attempts");
    }

    private void endOutage() throws IOException, InterruptedException {
        invokesInOutage += system.count("attempts");
        system.clearFaults();
    }

    private void assertItWasPlayed(LoadReport report, long termNanos) throws Exception {
        List<Outcome> afterTerm = report.where(outcome -> outcome.dueNanos() - termNanos > 0);
        assertTrue(afterTerm.size() > perSecond, afterTerm.size() + " requests after SIGTERM");
        assertTrue(kills.size() >= 2, kills.size() + " kills");
        // In a moment on a busy machine there may be none to be killed and replaced during the outage.
        assertTrue(!isLong() || system.count("throttles") > 0, "nothing was throttled");
        assertTrue(!isLong() || system.routerLog().contains("SelfDeadline"), "no deadline passed");
    }

    private void assertNoSafeOneFailed(LoadReport report) {
        assertNone(
                "safe requests failed",
                report,
                report.where(outcome -> outcome.isSafe() && !outcome.isGood() && !isHitTwice(outcome)));
    }

    /**
     * A request is sent to another instance once. On a machine that is so busy that a request lasts from one kill to the next, both can
     * be killed.
     */
    private boolean isHitTwice(Outcome outcome) {
        long hits = kills.stream()
                .filter(kill -> kill.afterNanos() - outcome.dueNanos() > 0)
                .filter(kill -> kill.beforeNanos() - outcome.endedNanos() < 0)
                .count();
        return !isLong() && outcome.isAnswered(502) && hits >= 2;
    }

    private boolean isLong() {
        return length.compareTo(LONG) >= 0;
    }

    /** Told so by 502 or a connection that broke off, one instance for each kill, and no more than ran on it. */
    private void assertUnsafeOnesFailedOnKilledInstancesOnly(LoadReport report, long termNanos) {
        Map<Kill, List<Outcome>> failures = new LinkedHashMap<>();
        List<Outcome> unexplained = new ArrayList<>();
        for (Outcome outcome : report.where(outcome -> !outcome.isSafe() && !isFine(outcome, termNanos))) {
            boolean isTold = outcome.isAnswered(502) || outcome.kind() == Kind.ABORTED;
            Kill kill = isTold ? killBefore(outcome) : null;
            if (kill == null) {
                unexplained.add(outcome);
            } else {
                failures.computeIfAbsent(kill, first -> new ArrayList<>()).add(outcome);
            }
        }
        assertNone("unsafe requests failed though nothing was killed", report, unexplained);
        failures.forEach((kill, lost) -> {
            assertTrue(lost.size() <= MAX_CONCURRENT, () -> lost.size() + " requests failed by one kill: " + kill);
            Set<String> instances = lost.stream()
                    .map(Outcome::instance)
                    .filter(Objects::nonNull)
                    .collect(Collectors.toSet());
            assertTrue(instances.size() <= 1, () -> "one kill, but answers broke off from " + instances);
        });
    }

    /** The latest kill before its end, if that was not long before. */
    private Kill killBefore(Outcome outcome) {
        Kill latest = null;
        for (Kill kill : kills) {
            if (outcome.endedNanos() - kill.beforeNanos() >= 0) {
                latest = kill;
            }
        }
        boolean isRecent = latest != null && outcome.endedNanos() - latest.afterNanos() <= KILL_SHOWS_WITHIN.toNanos();
        return isRecent ? latest : null;
    }

    private boolean isFine(Outcome outcome, long termNanos) {
        return outcome.isGood() || isTurnedAway(outcome, termNanos);
    }

    /**
     * On a kept connection that the router closed as idle when it left, in the very moment, having read nothing (RFC 9112 §9.5: users
     * must be prepared for that, and know that they may come again).
     */
    private static boolean isTurnedAway(Outcome outcome, long termNanos) {
        return outcome.kind() == Kind.DROPPED && outcome.endedNanos() - termNanos >= 0;
    }

    private static void assertNoneIs(Kind kind, LoadReport report) {
        assertNone("requests were " + kind, report, report.where(outcome -> outcome.kind() == kind));
    }

    private static void assertNone(String what, LoadReport report, List<Outcome> outcomes) {
        assertTrue(
                outcomes.isEmpty(),
                () -> outcomes.size() + " " + what + ", the first of them:\n"
                        + outcomes.stream().limit(10).map(report::describe).collect(Collectors.joining("\n")));
    }

    /** All that explains a failure, in a file; the outline on the screen. */
    private void tell(LoadReport report, long termNanos, int exit) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add(report.toString());
        lines.add(String.format(
                "%d requests/s, %d kills, %d invokes in the outage from %s for %s, SIGTERM at %.3f s, exit code %d at %.3f s",
                perSecond,
                kills.size(),
                invokesInOutage,
                outageAt,
                outage,
                report.at(termNanos),
                exit,
                report.at(routerEndedNanos)));
        lines.forEach(System.out::println);
        kills.forEach(kill ->
                lines.add(String.format("%7.3f s killed %s", report.at(kill.afterNanos()), kill.environment())));
        report.bad().forEach(outcome -> lines.add(report.describe(outcome)));
        lines.add(report.bySecond());
        Files.write(Distributions.build().resolve("logs/fault-suite/report.txt"), lines);
    }
}
