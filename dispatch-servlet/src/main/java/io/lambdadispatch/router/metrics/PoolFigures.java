package io.lambdadispatch.router.metrics;

import io.lambdadispatch.protocol.ExitReason;
import io.lambdadispatch.router.config.CostSettings;
import io.lambdadispatch.router.engine.InvokeOutcome;
import io.lambdadispatch.router.engine.Observation;
import io.lambdadispatch.router.engine.Pool;
import io.lambdadispatch.router.relay.RequestOutcome;
import io.lambdadispatch.router.relay.RequestRecord;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;

/**
 * The figures of one pool. Counts are kept as things happen; gauges look into the pool's books when somebody asks. What a request
 * adds at its end takes no lock. Thread-safe.
 */
final class PoolFigures {
    static final String POOL = "pool";
    private static final String PREFIX = PoolMetrics.PREFIX;
    private static final String SUCCEEDED = "succeeded";

    /** Upper bounds of the histograms' buckets: from what a free instance takes to what a user waits at the very most. */
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(1),
        Duration.ofNanos(2_500_000),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2_500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofSeconds(60),
        Duration.ofSeconds(120),
        Duration.ofSeconds(300)
    };

    private static final int STATUS_CLASSES = 6;

    /** Counters that are there from the beginning: one that comes with the first of its kind shows no increase at it. */
    private static final Map<RequestOutcome, int[]> USUAL = new EnumMap<>(Map.of(
            RequestOutcome.COMPLETED, new int[] {200, 300, 400, 500},
            RequestOutcome.USER_GONE, new int[] {0, 200},
            RequestOutcome.USER_IDLE, new int[] {0, 200, 400},
            RequestOutcome.INSTANCE_FAILED, new int[] {200, 500},
            RequestOutcome.BAD_ANSWER, new int[] {500},
            RequestOutcome.TIMED_OUT, new int[] {500},
            RequestOutcome.QUEUE_FULL, new int[] {500},
            RequestOutcome.UNAVAILABLE, new int[] {500},
            RequestOutcome.SHUTTING_DOWN, new int[] {500}));

    /** Of an instance whose client is another one than this version knows. */
    private static final String OTHER_EXIT = "other";

    /** Looks, a second apart each. */
    private static final int RECENT_LOOKS = 10;

    private final MeterRegistry registry;
    private final Pool pool;
    private final CostSettings cost;
    private final LongSupplier clock;
    final Bill bill;

    private final Timer wait;
    private final Timer firstByte;
    private final Timer duration;
    private final Timer service;
    private final Timer startup;
    private final Counter immediate;
    private final Counter waited;
    private final Counter retries;
    private final Counter bytesIn;
    private final Counter bytesOut;
    private final Counter invokes;

    /** By how they ended, and the class of their status; a pair that is not usual is made when there is the first. The map never changes. */
    private final Map<RequestOutcome, AtomicReferenceArray<Counter>> requests = new EnumMap<>(RequestOutcome.class);

    /** All of them are there from the beginning, too. */
    private final Map<InvokeOutcome.Reason, Counter> failures = new EnumMap<>(InvokeOutcome.Reason.class);

    private final Map<String, Counter> exits = new HashMap<>();
    private final Counter warmed;
    private final Map<InvokeOutcome.Reason, Counter> failedWarmUps = new EnumMap<>(InvokeOutcome.Reason.class);
    private final Map<ChannelRefusal, Counter> refusals = new EnumMap<>(ChannelRefusal.class);
    private final Deque<Totals> recent = new ArrayDeque<>();
    private final Totals beginning;
    private final History history = new History();
    private volatile LastFailure lastFailure;

    PoolFigures(MeterRegistry registry, Pool pool, CostSettings cost, LongSupplier clock) {
        this.registry = registry;
        this.pool = pool;
        this.cost = cost;
        this.clock = clock;
        this.bill = new Bill(clock);
        wait = histogram("queue.wait", "From a request's arrival until an instance had it");
        firstByte = histogram("first.byte", "From a request's arrival until the head of its answer was there");
        duration = histogram("request.duration", "From a request's arrival to its end");
        service = histogram("request.service", "From the moment an instance had a request to its end");
        startup = histogram("instance.startup", "From an instance's invoke until it called back");
        immediate = dispatches("false");
        waited = dispatches("true");
        retries = counter("request.retries", "Requests sent to a second instance", Tags.empty());
        bytesIn = bytes("request", "Bytes of requests' bodies that went to instances");
        bytesOut = bytes("response", "Bytes of answers' bodies");
        invokes = counter("invokes", "Invokes that were to start an instance", Tags.empty());
        warmed = warmUps(SUCCEEDED);
        for (InvokeOutcome.Reason reason : InvokeOutcome.Reason.values()) {
            failures.put(reason, failures(name(reason)));
            failedWarmUps.put(reason, warmUps(name(reason)));
        }
        for (ExitReason reason : ExitReason.values()) {
            exits.put(reason.wireName(), exits(reason.wireName()));
        }
        exits.put(OTHER_EXIT, exits(OTHER_EXIT));
        for (ChannelRefusal why : ChannelRefusal.values()) {
            refusals.put(why, PoolMetrics.channelsRefused(registry, pool.id(), why));
        }
        showBooks();
        showCost();
        for (RequestOutcome outcome : RequestOutcome.values()) {
            requests.put(outcome, new AtomicReferenceArray<>(STATUS_CLASSES));
        }
        USUAL.forEach((outcome, statuses) -> {
            for (int status : statuses) {
                var unused = requests(outcome, status);
            }
        });
        beginning = totals();
    }

    private void showBooks() {
        gauge("requests.queued", "Requests that wait for an instance", Observation::pending);
        gauge("requests.running", "Requests that an instance has", Observation::running);
        gauge("channels.idle", "Channels that wait for a request", Observation::idleChannels);
        instances("starting", Observation::starting);
        instances("open", Observation::open);
        instances("draining", Observation::draining);
        Gauge.builder(PREFIX + "instances.desired", pool, Pool::desired)
                .description("Instances that there are to be")
                .tag(POOL, pool.id())
                .register(registry);
        Gauge.builder(PREFIX + "starts.failing", pool, it -> it.failure().isPresent() ? 1 : 0)
                .description("1 while instances cannot be started, or it is not proved yet that they can again")
                .tag(POOL, pool.id())
                .register(registry);
    }

    private void showCost() {
        grows(
                "billed",
                "seconds",
                "Time for which AWS bills instances, as far as the router can tell",
                it -> Totals.seconds(it.bill.sum().nanos()));
        grows(
                "plain.billed",
                "seconds",
                "Time for which AWS would bill one environment for each request, estimated",
                it -> Totals.plainBilledSeconds(it.pool.snapshot().flow()));
        if (cost.isKnown()) {
            grows("estimated.cost", "dollars", "What the invokes cost, estimated", PoolFigures::dollars);
            grows(
                    "estimated.plain.cost",
                    "dollars",
                    "What one environment for each request would cost, estimated",
                    PoolFigures::plainDollars);
        }
    }

    /** What the invokes cost up to now, estimated, in US dollars. */
    double dollars() {
        Bill.Sum billed = bill.sum();
        return cost.dollars(Totals.seconds(billed.nanos()), billed.invokes());
    }

    /** What one environment for each request would have cost, estimated, in US dollars. */
    double plainDollars() {
        Observation.Flow flow = pool.snapshot().flow();
        return cost.dollars(Totals.plainBilledSeconds(flow), flow.ended());
    }

    CostSettings cost() {
        return cost;
    }

    /** The registry keeps no object alive; the map of pools does. */
    private void grows(String name, String unit, String description, ToDoubleFunction<PoolFigures> sum) {
        FunctionCounter.builder(PREFIX + name, this, sum)
                .description(description)
                .baseUnit(unit)
                .tag(POOL, pool.id())
                .register(registry);
    }

    private void gauge(String name, String description, ToDoubleFunction<Observation> figure) {
        Gauge.builder(PREFIX + name, pool, it -> figure.applyAsDouble(it.snapshot()))
                .description(description)
                .tag(POOL, pool.id())
                .register(registry);
    }

    private void instances(String state, ToDoubleFunction<Observation> figure) {
        Gauge.builder(PREFIX + "instances", pool, it -> figure.applyAsDouble(it.snapshot()))
                .description("Instances by what they are at")
                .tag(POOL, pool.id())
                .tag("state", state)
                .register(registry);
    }

    private Timer histogram(String name, String description) {
        return Timer.builder(PREFIX + name)
                .description(description)
                .serviceLevelObjectives(BUCKETS)
                .tag(POOL, pool.id())
                .register(registry);
    }

    private Counter counter(String name, String description, Tags tags) {
        return Counter.builder(PREFIX + name)
                .description(description)
                .tag(POOL, pool.id())
                .tags(tags)
                .register(registry);
    }

    private Counter bytes(String of, String description) {
        return Counter.builder(PREFIX + of)
                .description(description)
                .baseUnit("bytes")
                .tag(POOL, pool.id())
                .register(registry);
    }

    private Counter dispatches(String hadWaited) {
        return counter("dispatches", "Requests given to an instance", Tags.of("queued", hadWaited));
    }

    private Counter failures(String reason) {
        return counter("invoke.failures", "Invokes that failed, by reason", Tags.of("reason", reason));
    }

    private Counter exits(String reason) {
        return counter("instance.exits", "Instances that left, by their own reason", Tags.of("reason", reason));
    }

    private Counter warmUps(String outcome) {
        return counter("warm.ups", "Init-only invokes that ended, by how", Tags.of("outcome", outcome));
    }

    /** A request has ended. */
    void add(RequestRecord request) {
        requests(request.outcome(), request.status()).increment();
        if (request.wasAssigned()) {
            wait.record(request.queuedNanos(), TimeUnit.NANOSECONDS);
            service.record(request.totalNanos() - request.queuedNanos(), TimeUnit.NANOSECONDS);
            (request.hasWaited() ? waited : immediate).increment();
            if (request.firstByteNanos() >= 0) {
                firstByte.record(request.firstByteNanos(), TimeUnit.NANOSECONDS);
            }
        }
        if (request.isRetried()) {
            retries.increment();
        }
        if (request.requestBytes() > 0) {
            bytesIn.increment((double) request.requestBytes());
        }
        if (request.responseBytes() > 0) {
            bytesOut.increment((double) request.responseBytes());
        }
        // The last one: whoever sees it grow finds all others there.
        duration.record(request.totalNanos(), TimeUnit.NANOSECONDS);
    }

    private Counter requests(RequestOutcome outcome, int status) {
        int statusClass = Math.min(status / 100, STATUS_CLASSES - 1);
        AtomicReferenceArray<Counter> byStatus = requests.get(outcome);
        Counter counter = byStatus.get(statusClass);
        if (counter == null) {
            Tags tags = Tags.of("outcome", name(outcome), "status", statusClass == 0 ? "none" : statusClass + "xx");
            counter = counter("requests", "Requests that have ended, by how, and by the class of their status", tags);
            byStatus.set(statusClass, counter);
        }
        return counter;
    }

    static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    void instanceStarting() {
        invokes.increment();
    }

    void instanceOpened(long startupNanos) {
        startup.record(startupNanos, TimeUnit.NANOSECONDS);
    }

    void invokeFailed(InvokeOutcome.Failed failed) {
        failures.get(failed.reason()).increment();
        lastFailure = new LastFailure(failed, clock.getAsLong());
    }

    void environmentWarmed(InvokeOutcome outcome) {
        (outcome instanceof InvokeOutcome.Failed failed ? failedWarmUps.get(failed.reason()) : warmed).increment();
    }

    void channelRefused(ChannelRefusal why) {
        refusals.get(why).increment();
    }

    /** The invoke that failed last. */
    record LastFailure(InvokeOutcome.Failed failed, long atNanos) {}

    /** Empty as long as none has failed. */
    Optional<LastFailure> lastFailure() {
        return Optional.ofNullable(lastFailure);
    }

    void instanceLeft(String reason) {
        exits.getOrDefault(reason, exits.get(OTHER_EXIT)).increment();
    }

    /** All that there was up to now. */
    Totals totals() {
        Bill.Sum billed = bill.sum();
        return new Totals(
                clock.getAsLong(),
                pool.snapshot().flow(),
                outcomes(),
                failures(),
                Spread.of(wait),
                Spread.of(duration),
                Spread.of(service),
                Spread.of(startup),
                new Totals.Counts(
                        count(immediate),
                        count(waited),
                        count(retries),
                        count(bytesIn),
                        count(bytesOut),
                        count(invokes),
                        refusals.values().stream().mapToLong(PoolFigures::count).sum()),
                billed.nanos(),
                billed.invokes());
    }

    private static long count(Counter counter) {
        return Math.round(counter.count());
    }

    private Map<String, Long> outcomes() {
        Map<String, Long> all = new TreeMap<>();
        requests.forEach((outcome, byStatus) -> {
            long count = 0;
            for (int i = 0; i < STATUS_CLASSES; i++) {
                Counter counter = byStatus.get(i);
                count += counter == null ? 0 : count(counter);
            }
            if (count > 0) {
                all.put(name(outcome), count);
            }
        });
        return all;
    }

    private Map<String, Long> failures() {
        Map<String, Long> all = new TreeMap<>();
        failures.forEach((reason, counter) -> {
            if (count(counter) > 0) {
                all.put(name(reason), count(counter));
            }
        });
        return all;
    }

    /** When nothing had happened yet. */
    Totals beginning() {
        return beginning;
    }

    /** To be called once a second while somebody may ask for {@link #recent} or {@link #history}. */
    void look() {
        Totals now = totals();
        history.look(now, pool);
        synchronized (recent) {
            recent.addLast(now);
            if (recent.size() > RECENT_LOOKS) {
                recent.removeFirst();
            }
        }
    }

    /** What happened in the last ten seconds or so; nothing as long as nobody has looked. */
    Totals recent(Totals now) {
        synchronized (recent) {
            return recent.isEmpty() ? now.since(now) : now.since(recent.getFirst());
        }
    }

    /** The last quarter of an hour; nothing as long as nobody has looked. */
    History history() {
        return history;
    }

    /** Now, as {@link System#nanoTime()}. */
    long now() {
        return clock.getAsLong();
    }

    Pool pool() {
        return pool;
    }
}
