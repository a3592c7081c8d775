package io.lambdadispatch.router.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.stream.Stream;

/** A pool on a fake clock with a fake Lambda, and what its listener heard. */
public final class TestPool implements PoolListener {
    public static final Duration REQUEST_TIMEOUT = Duration.ofMinutes(2);
    public static final Duration START_TIMEOUT = Duration.ofSeconds(30);

    public final FakeTime time;
    public final FakeLambda lambda = new FakeLambda();
    public final Pool pool;
    public final List<String> log = new ArrayList<>();
    final List<LambdaInstance> instances = new ArrayList<>();
    private int identities;
    private double random;

    /** Ten at a time, as the reference's planner wants it. */
    TestPool(FakeTime time) {
        this(time, 10, 1_000, new SimplePlanner(10, 2, SimplePlanner.SCALE_DOWN_DELAY));
    }

    TestPool(FakeTime time, int maxConcurrent, int maxQueued, CapacityPlanner<?> planner) {
        this(time, settings(maxConcurrent, maxQueued), planner);
    }

    static PoolSettings settings(int maxConcurrent, int maxQueued) {
        return settings(maxConcurrent, maxQueued, 0, 100_000);
    }

    public static PoolSettings settings(int maxConcurrent, int maxQueued, int minInstances, int maxInstances) {
        return new PoolSettings(
                "blue",
                "function:live",
                maxConcurrent,
                2 * maxConcurrent,
                maxQueued,
                REQUEST_TIMEOUT,
                START_TIMEOUT,
                Duration.ZERO,
                minInstances,
                maxInstances);
    }

    public TestPool(FakeTime time, PoolSettings settings, CapacityPlanner<?> planner) {
        this.time = time;
        this.pool =
                new Pool(settings, planner, new PoolPorts(lambda, this::nextIdentity, this, time, time, this::random));
    }

    /** Wants as many as it is told, whatever happens. */
    public static CapacityPlanner<?> wanting(IntSupplier desired) {
        return new Wanting(observation -> desired.getAsInt());
    }

    /** Wants that many while there is work. */
    static CapacityPlanner<?> whileBusy(int desired) {
        return new Wanting(observation -> observation.pending() + observation.peakRunning() > 0 ? desired : 0);
    }

    private Identity nextIdentity() {
        int number = identities++;
        return new Identity("instance-" + number, "token-" + number);
    }

    private double random() {
        return random;
    }

    /** What the backoff draws from now on, 0 to 1. */
    void drawing(double value) {
        random = value;
    }

    TestRequest submit() {
        TestRequest request = new TestRequest();
        pool.submit(request);
        return request;
    }

    List<TestRequest> submit(int count) {
        return Stream.generate(this::submit).limit(count).toList();
    }

    public LambdaInstance instance(int index) {
        return instances.get(index);
    }

    /** The instance opens a channel, which the pool must take. */
    TestChannel open(LambdaInstance instance) {
        TestChannel channel = new TestChannel(instance);
        if (!pool.opened(channel)) {
            throw new AssertionError(instance + " was told to go away");
        }
        return channel;
    }

    List<TestChannel> open(LambdaInstance instance, int count) {
        return Stream.generate(() -> open(instance)).limit(count).toList();
    }

    /** The instance has answered what is in the channel, or was; nothing when it never had anything. */
    void answered(TestChannel channel) {
        if (channel.latest() != null) {
            pool.answered(channel.latest(), channel);
        }
    }

    /** What is in the channel is over, without a response. */
    void released(TestChannel channel) {
        pool.released(channel.latest(), channel);
    }

    /** The instance has answered what is in the channel, and the channel is whole. */
    Reuse reuse(TestChannel channel) {
        return pool.reuse(channel.latest(), channel);
    }

    /** Starts one instance by a request, opens channels, and ends that request. */
    LambdaInstance openInstance(int channels) {
        int index = instances.size();
        TestRequest request = submit();
        time.runDue();
        LambdaInstance instance = instance(index);
        open(instance, channels + 1);
        answered(request.channels().get(0));
        return instance;
    }

    @Override
    public void instanceStarting(String poolId, LambdaInstance instance) {
        instances.add(instance);
        log.add("starting " + instance.id());
    }

    @Override
    public void instanceOpened(String poolId, LambdaInstance instance, long startupNanos) {
        log.add("opened " + instance.id() + " after "
                + Duration.ofNanos(startupNanos).toMillis() + " ms");
    }

    @Override
    public void instanceDraining(String poolId, LambdaInstance instance, DrainReason why) {
        log.add("draining " + instance.id() + " " + why.name());
    }

    @Override
    public void instanceExpiring(String poolId, LambdaInstance instance, long leavesInNanos) {
        log.add("expiring " + instance.id() + " in "
                + Duration.ofNanos(leavesInNanos).toMillis() + " ms");
    }

    @Override
    public void startsFailing(String poolId, InvokeOutcome.Failed how) {
        log.add("starts fail: " + how.reason());
    }

    @Override
    public void startsSucceeding(String poolId) {
        log.add("starts succeed");
    }

    @Override
    public void instanceEnded(String poolId, LambdaInstance instance, InvokeOutcome outcome) {
        String how = outcome instanceof InvokeOutcome.Failed failed
                ? failed.reason().toString()
                : ((InvokeOutcome.Answered) outcome).reply().exitReason();
        log.add("ended " + instance.id() + " " + how);
    }
}
