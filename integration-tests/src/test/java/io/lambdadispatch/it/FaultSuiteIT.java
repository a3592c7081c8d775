package io.lambdadispatch.it;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.it.Telemetry.Line;
import io.lambdadispatch.it.load.DemoWorkload;
import io.lambdadispatch.it.load.LoadGenerator;
import io.lambdadispatch.it.load.LoadReport;
import io.lambdadispatch.it.load.Outcome;
import io.lambdadispatch.it.load.Outcome.Kind;
import io.lambdadispatch.testkit.Await;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Steady load while everything goes wrong that can: instances are killed, deadlines pass, AWS throttles, the router is
 * replaced by another one. Nobody may notice but those with an unsafe request on a killed instance.
 *
 * <p>{@code mvn verify -Pfaults} plays it: 1,000 requests a second for a minute, or as many as the machine carries when nothing is
 * wrong. What was seen is in {@code target/logs/fault-suite}.
 */
@Tag("faults")
class FaultSuiteIT {
    private static final int MAX_CONCURRENT = 20;
    private static final int CHANNELS = 2 * MAX_CONCURRENT;
    private static final int MAX_INSTANCES = 5;

    /** One to be killed, and one to live to its deadline, however little there is to do. */
    private static final int MIN_INSTANCES = 2;

    /** By the router that replaces the first one. */
    private static final int KEPT = 1;

    private static final int MOST_INVOKES_IN_OUTAGE = 20;
    private static final Duration BETWEEN_KILLS = Duration.ofSeconds(2);

    /** Also when one comes late: a request that was sent again, which is done once, is to be over before the next one. */
    private static final Duration LEAST_BETWEEN_KILLS = Duration.ofMillis(1500);

    /** Clients leave 15 s before their deadline: each instance 10 s after its start. */
    private static final String FUNCTION_TIMEOUT_S = "25";

    /** Long enough that some instance lives to its deadline. */
    private static final Duration LONG = Duration.ofSeconds(30);

    private static final Duration SURELY_SERVING = Duration.ofSeconds(1);

    private static final Duration LOAD_AFTER_TERM = Duration.ofSeconds(5);

    /** A user's patience. It has to outlast the outage and the router's wait for its next attempt after that. */
    private static final Duration LIMIT = Duration.ofSeconds(90);

    /** Longer than nothing explains but a queue that grows. */
    private static final double DROWNED_MS = 1000;

    private static final int LEAST_PER_SECOND = 100;

    /** After the outage there is a queue to be served beside those who come. */
    private static final double HEADROOM = 1.2;

    /** The load is ended before. */
    private static final Duration LONGEST = Duration.ofMinutes(5);

    private static final String SERVES = "opened after";
    private static final String ALL_FINISHED = "everything was finished";

    private final int asked = Integer.getInteger("faults.rate", 200);
    private int perSecond = asked;
    private final Duration length = Duration.ofSeconds(Integer.getInteger("faults.seconds", 12));
    /** Between two kills, so that one falls into it. */
    private final Duration outageAt = length.dividedBy(3).minusSeconds(1);

    private final Duration outage = length.dividedBy(6);
    private final Random random = new Random(11);
    private final List<Kill> kills = new ArrayList<>();
    private LocalSystem system;
    private Service other;
    private Telemetry leavingTelemetry;
    private Telemetry otherTelemetry;
    private long invokesInOutage;
    private long routerEndedNanos;

    /** What was killed, and when. */
    private record Kill(String environment, long atNanos) {}

    private interface Action {
        void run() throws Exception;
    }

    private record Step(Duration at, Action action) {}

    @Test
    void nobodyNoticesButThoseWithAnUnsafeRequestOnAKilledInstance() throws Exception {
        try (LocalSystem started = LocalSystem.named("fault-suite")
                .observed()
                .setting("MaxConcurrentCount", Integer.toString(MAX_CONCURRENT))
                .setting("ChannelCount", Integer.toString(CHANNELS))
                .setting("MinInstances", Integer.toString(MIN_INSTANCES))
                .setting("MaxInstances", Integer.toString(MAX_INSTANCES))
                // All that come in an outage; each holds a file.
                .setting("MaxQueuedRequests", "30000")
                .setting("DrainDelay", "00:00:03")
                .setting("ShutdownTimeout", "00:01:30")
                .routerJavaOptions("-Xmx768m -XX:+UseSerialGC")
                .option("--timeout", FUNCTION_TIMEOUT_S)
                // Those that run, those that replace them, and the init-only invokes beside each.
                .option("--concurrency", Integer.toString(4 * MAX_INSTANCES))
                // Short lives: the quick compiler is all that pays.
                .clientJavaOptions("-Xmx64m -XX:TieredStopAtLevel=1")
                .start()) {
            system = started;
            leavingTelemetry = system.telemetry();
            warmUp();
            try (LoadGenerator load = load(perSecond, LONGEST)) {
                play(load.startedNanos());
                long termNanos = System.nanoTime();
                int exit = replaceRouter(load);
                routerEndedNanos = System.nanoTime();
                LoadReport report = load.await();

                // One after the other, whatever comes of each: the first two end the other router, so that its last
                // words can be read.
                assertAll(
                        rate(),
                        this::awaitOtherAtRest,
                        () -> assertEquals(0, other.end(), "exit code of the other router"),
                        () -> tell(report, termNanos, exit),
                        () -> assertItWasPlayed(report, termNanos),
                        () -> assertNoSafeOneFailed(report),
                        () -> assertUnsafeOnesFailedOnKilledInstancesOnly(report, termNanos),
                        () -> assertNoneIs(Kind.WRONG, report),
                        () -> assertTrue(
                                invokesInOutage < MOST_INVOKES_IN_OUTAGE, invokesInOutage + " invokes in the outage"),
                        () -> assertEquals(0, exit, "exit code"),
                        () -> assertFinished(system.routerLog(), leavingTelemetry),
                        () -> assertFinished(other.readLog(), otherTelemetry),
                        system::awaitNoneBusy);
            }
        } finally {
            if (other != null) {
                other.close();
            }
        }
    }

    /** How fast it really went. */
    private String rate() {
        return perSecond == asked
                ? perSecond + " requests/s"
                : perSecond + " requests/s instead of the " + asked
                        + " that were asked for: this machine does not carry them even without any fault";
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
        Path accessLog = system.logs().resolve("other-access.json");
        Map<String, String> settings = new HashMap<>(Telemetry.settings(accessLog));
        settings.put("MinInstances", Integer.toString(KEPT));
        other = system.startRouter("other-router", settings);
        otherTelemetry = new Telemetry(other, accessLog);
    }

    /** It lives on without load: all that is left of it are the instances that it keeps, and their parked channels. */
    private void awaitOtherAtRest() {
        Await.until(
                "the other router has nothing to do",
                () -> otherTelemetry.figure("requests_queued") == 0
                        && otherTelemetry.figure("requests_running") == 0
                        && otherTelemetry.figure("instances", "state=\"open\"") == KEPT
                        && otherTelemetry.figure("instances") == KEPT
                        && otherTelemetry.figure("channels_idle") == KEPT * CHANNELS);
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
     * Any instance at work; where there are several, the oldest is to live to its deadline. In the outage there may be none left. It
     * is stopped first, because it may be about to leave: each kill upsets the number of instances, at the pace of the kills.
     */
    private void kill() throws IOException, InterruptedException {
        if (!kills.isEmpty()) {
            awaitMoment(kills.get(kills.size() - 1).atNanos() + LEAST_BETWEEN_KILLS.toNanos());
        }
        List<String> serving = system.environmentsBusyFor(SURELY_SERVING);
        if (!serving.isEmpty()) {
            List<String> candidates = new ArrayList<>(serving.subList(serving.size() > 1 ? 1 : 0, serving.size()));
            Collections.shuffle(candidates, random);
            String chosen = candidates.get(0);
            for (String candidate : candidates) {
                if (system.freezesAtWork(candidate)) {
                    chosen = candidate;
                    break;
                }
            }
            system.kill(chosen);
            kills.add(new Kill(chosen, System.nanoTime()));
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
        assertFalse(killedInstances().isEmpty(), "all who were killed had left by themselves");
        // In a moment a killed instance may happen to have nothing to do.
        long hit = requests()
                .filter(line -> line.isInstanceToBlame() || line.isRetried())
                .count();
        assertTrue(!isLong() || hit > 0, "no kill has hit a request");
        // In a moment on a busy machine there may be none to be killed and replaced during the outage.
        assertTrue(!isLong() || system.count("throttles") > 0, "nothing was throttled");
        assertTrue(!isLong() || system.routerLog().contains("SelfDeadline"), "no deadline passed");
    }

    /** Everything that came has ended, and each of the router's counters is where it began; read at its very end. */
    private static void assertFinished(String log, Telemetry telemetry) throws IOException {
        assertTrue(log.contains(ALL_FINISHED), "not all was finished");
        for (String counter : List.of(
                "QueuedRequests",
                "RunningRequests",
                "IdleChannelCount",
                "LambdaInstanceRunningCount",
                "LambdaInstanceStartingCount",
                "LambdaInstanceStoppingCount")) {
            assertEquals(0, telemetry.last(counter), counter);
        }
        assertFalse(telemetry.hasLostLines(), "lines of the access log are lost");
        long lines = telemetry.requests().stream().filter(Line::wasTakenIn).count();
        assertEquals(telemetry.last("RequestCount"), (double) lines, "requests that came, and that have ended");
    }

    private void assertNoSafeOneFailed(LoadReport report) throws IOException {
        List<Outcome> failed = report.where(outcome -> outcome.isSafe() && !outcome.isGood());
        // A request is sent to another instance once. On a machine so busy that it lasts from one kill to the next,
        // both are killed.
        boolean wereAllHitTwice = (!isLong() || isDrowned(report))
                && failed.stream().allMatch(outcome -> outcome.isAnswered(502))
                && failed.size() <= blamed().filter(Line::isRetried).count();
        if (!wereAllHitTwice) {
            assertNone("safe requests failed", report, failed);
        }
    }

    private boolean isLong() {
        return length.compareTo(LONG) >= 0;
    }

    /**
     * Users were told so by 502 or a connection that broke off; the routers know of each, and on which instance it was; all of these
     * were killed, and none lost more than it could run.
     */
    private void assertUnsafeOnesFailedOnKilledInstancesOnly(LoadReport report, long termNanos) throws IOException {
        assertNone(
                "unsafe requests failed and nobody told why",
                report,
                report.where(outcome -> !outcome.isSafe() && !isFine(outcome, termNanos) && !isTold(outcome)));
        Set<String> killed = killedInstances();
        assertNone(
                "answers broke off on instances that nobody has killed",
                report,
                report.where(outcome -> outcome.kind() == Kind.ABORTED
                        && outcome.instance() != null
                        && !killed.contains(outcome.instance())));
        assertEquals(
                List.of(),
                blamed().filter(line -> !killed.contains(line.instance())).toList(),
                "requests failed on instances that nobody has killed");
        Map<String, Long> lost = blamed().collect(Collectors.groupingBy(Line::instance, Collectors.counting()));
        lost.forEach((instance, count) ->
                assertTrue(count <= MAX_CONCURRENT, () -> count + " requests failed on instance " + instance));
        long told = report.where(FaultSuiteIT::isTold).size();
        assertTrue(
                told <= blamed().count(), () -> told + " users were told of a failure, and the routers know of fewer");
    }

    private static boolean isTold(Outcome outcome) {
        return outcome.isAnswered(502) || outcome.kind() == Kind.ABORTED;
    }

    /** Requests of both routers that were not served, of which an instance is to blame. */
    private Stream<Line> blamed() throws IOException {
        return requests().filter(Line::isInstanceToBlame);
    }

    private Stream<Line> requests() throws IOException {
        return Stream.of(leavingTelemetry.requests(), otherTelemetry.requests()).flatMap(List::stream);
    }

    /** Those that were at work when their environments were killed. */
    private Set<String> killedInstances() throws IOException {
        Set<String> instances = new HashSet<>();
        for (Kill kill : kills) {
            system.instanceIn(kill.environment()).ifPresent(instances::add);
        }
        return instances;
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
                "%s; %d kills, on which %d requests were lost and others sent again, %d in all; %d invokes in the outage from %s for %s,"
                        + " SIGTERM at %.3f s, exit code %d at %.3f s",
                rate(),
                kills.size(),
                blamed().count(),
                requests().filter(Line::isRetried).count(),
                invokesInOutage,
                outageAt,
                outage,
                report.at(termNanos),
                exit,
                report.at(routerEndedNanos)));
        lines.forEach(System.out::println);
        for (Kill kill : kills) {
            String instance = system.instanceIn(kill.environment()).orElse("none: it had left by itself");
            lines.add(String.format(
                    "%7.3f s killed %s, instance %s", report.at(kill.atNanos()), kill.environment(), instance));
        }
        report.bad().forEach(outcome -> lines.add(report.describe(outcome)));
        lines.add(report.bySecond());
        Files.write(Distributions.build().resolve("logs/fault-suite/report.txt"), lines);
    }
}
