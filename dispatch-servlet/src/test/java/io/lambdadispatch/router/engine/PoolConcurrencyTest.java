package io.lambdadispatch.router.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Real threads on the real lock: users, instances and the fleet's scheduler all at once. Each thread does a fixed number of
 * things; then everybody leaves and the books must be empty. What happens is told apart by flags that only allow the moves of
 * DESIGN.md's promises, and by evidence that holds however late a callback runs:
 *
 * <ul>
 *   <li>an instance's exchanges are counted after they were matched and uncounted before they are released, so that the
 *       count is never above the truth;
 *   <li>who is assigned looks at the others: one who came earlier, was never retried and still waits has been overtaken;
 *   <li>a request that came after an instance was drained cannot have been matched before.
 * </ul>
 */
class PoolConcurrencyTest {
    private static final int THREADS = 6;
    private static final int OPERATIONS = 100_000;
    private static final int MAX_CONCURRENT = 3;
    private static final int INSTANCES = 4;

    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private final AtomicInteger desired = new AtomicInteger(INSTANCES);
    private final Map<String, Host> hosts = new ConcurrentHashMap<>();
    private final CopyOnWriteArrayList<Host> alive = new CopyOnWriteArrayList<>();
    private final ConcurrentLinkedQueue<User> users = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Wire> busy = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<String> violations = new ConcurrentLinkedQueue<>();
    private final AtomicReferenceArray<User> latest = new AtomicReferenceArray<>(64);
    private final AtomicReferenceArray<Wire> latestWires = new AtomicReferenceArray<>(64);
    private final AtomicInteger identities = new AtomicInteger();
    private final AtomicInteger matches = new AtomicInteger();
    private final AtomicLong stamps = new AtomicLong();

    private final Pool pool = new Pool(
            new PoolSettings(
                    "pool",
                    "function",
                    MAX_CONCURRENT,
                    2 * MAX_CONCURRENT,
                    200,
                    Duration.ofMinutes(5),
                    Duration.ofMinutes(5),
                    Duration.ZERO,
                    0,
                    1_000),
            TestPool.wanting(desired::get),
            new PoolPorts(
                    invocation -> hosts.computeIfAbsent(invocation.instanceId(), Host::new).outcome,
                    () -> new Identity("host " + identities.getAndIncrement(), "token"),
                    new PoolListener() {
                        @Override
                        public void instanceStarting(String poolId, LambdaInstance instance) {
                            Host host = hosts.computeIfAbsent(instance.id(), Host::new);
                            host.instance = instance;
                            alive.add(host);
                        }
                    },
                    System::nanoTime,
                    (task, delayNanos) -> {
                        var unused = scheduler.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
                    },
                    () -> 0.5));

    private enum Status {
        WAITING,
        RUNNING,
        ENDED
    }

    /** An instance from without. */
    private static final class Host {
        final CompletableFuture<InvokeOutcome> outcome = new CompletableFuture<>();
        final AtomicInteger running = new AtomicInteger();
        volatile LambdaInstance instance;
        volatile boolean opened;
        volatile long drainedAt = Long.MAX_VALUE;

        Host(String id) {}
    }

    private final class User extends PendingRequest {
        final AtomicReference<Status> status = new AtomicReference<>(Status.WAITING);
        final long stamp = stamps.incrementAndGet();
        volatile boolean retried;

        void moves(Status before, Status after, String how) {
            Status seen = status.compareAndExchange(before, after);
            if (seen != before) {
                violations.add(how + " while " + seen);
            }
        }

        @Override
        protected void assigned(Channel channel) {
            moves(Status.WAITING, Status.RUNNING, "assigned");
            matches.incrementAndGet();
            checkThatNobodyIsOvertaken();
            ((Wire) channel).carries(this);
        }

        private void checkThatNobodyIsOvertaken() {
            for (int i = 0; i < latest.length(); i++) {
                User other = latest.get(i);
                if (other != null && other.state == PendingRequest.State.QUEUED) {
                    // Whoever queued him has left the lock when we have been in it: the rest of his books can be read.
                    pool.snapshot();
                    if (!other.retried && other.sequence < sequence) {
                        violations.add("number " + sequence + " overtook " + other.sequence);
                    }
                }
            }
        }

        @Override
        protected void refused(Refusal why) {
            moves(Status.WAITING, Status.ENDED, "refused");
        }
    }

    private final class Wire extends Channel {
        final Host host;
        final AtomicBoolean used = new AtomicBoolean();
        User user;

        Wire(Host host) {
            super(host.instance);
            this.host = host;
        }

        void carries(User next) {
            if (!used.compareAndSet(false, true)) {
                violations.add("a channel was given twice");
            }
            if (host.running.incrementAndGet() > MAX_CONCURRENT) {
                violations.add("an instance runs more than it may");
            }
            if (next.stamp > host.drainedAt && !next.retried) {
                violations.add("a draining instance got something new");
            }
            user = next;
            busy.add(this);
        }

        @Override
        protected void goAway() {
            if (!used.compareAndSet(false, true)) {
                violations.add("a channel in use was told to go away");
            }
        }

        /** The exchanges of dead instances end by themselves, sooner or later. */
        @Override
        protected void abort() {}
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
        scheduler.shutdownNow();
    }

    @RepeatedTest(3)
    @Timeout(60)
    void keepsItsPromisesUnderRealThreads() throws Exception {
        SplittableRandom seeds = new SplittableRandom();
        List<Callable<Void>> work = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            SplittableRandom random = seeds.split();
            work.add(() -> {
                for (int operation = 0; operation < OPERATIONS; operation++) {
                    operate(random);
                }
                return null;
            });
        }
        for (Future<Void> done : threads.invokeAll(work)) {
            done.get();
        }
        windDown();
        assertEquals(List.of(), violations.stream().distinct().limit(10).toList());
        Observation seen = pool.snapshot();
        assertTrue(seen.isDormant(), seen.toString());
        assertEquals(0, seen.idleChannels());
        users.forEach(user -> assertEquals(Status.ENDED, user.status.get()));
        hosts.values().forEach(host -> assertEquals(0, host.running.get()));
        assertTrue(matches.get() > 0);
    }

    /** A fleet that goes to sleep at the very moment when a request comes must see it. The scheduler knows no delays here. */
    @Test
    @Timeout(60)
    void neverSleepsOverARequest() throws Exception {
        Semaphore seen = new Semaphore(0);
        CapacityPlanner<?> watching = new Wanting(observation -> {
            if (observation.pending() > 0) {
                seen.release();
            }
            return 0;
        });
        PoolSettings settings = TestPool.settings(1, 10);
        Pool sleepy = new Pool(
                settings,
                watching,
                new PoolPorts(
                        invocation -> new CompletableFuture<>(),
                        () -> new Identity("nobody", "token"),
                        PoolListener.NONE,
                        System::nanoTime,
                        (task, delayNanos) -> scheduler.execute(task),
                        () -> 0.5));
        for (int round = 0; round < 15_000; round++) {
            seen.drainPermits();
            TestRequest request = new TestRequest();
            sleepy.submit(request);
            assertTrue(seen.tryAcquire(20, TimeUnit.SECONDS), "nobody saw request " + round);
            assertTrue(sleepy.cancel(request));
            for (int i = 0; i < round % 300; i++) {
                Thread.onSpinWait();
            }
        }
    }

    private void operate(SplittableRandom random) {
        int dice = random.nextInt(10_000);
        if (dice < 3_300) {
            submit(random);
        } else if (dice < 6_600) {
            onSomeHost(random, this::open);
        } else if (dice < 8_500) {
            end(busy.poll(), How.of(random.nextInt(5)));
        } else if (dice < 8_800) {
            User user = latest.get(random.nextInt(latest.length()));
            if (user != null) {
                cancel(user);
            }
        } else if (dice < 9_990) {
            Wire wire = latestWires.get(random.nextInt(latestWires.length()));
            if (wire != null) {
                pool.lost(wire);
            }
        } else if (dice < 9_995) {
            onSomeHost(random, this::closeAsked);
        } else {
            onSomeHost(random, this::die);
        }
    }

    private void submit(SplittableRandom random) {
        User user = new User();
        users.add(user);
        latest.set(random.nextInt(latest.length()), user);
        pool.submit(user);
    }

    private void cancel(User user) {
        if (pool.cancel(user)) {
            user.moves(Status.WAITING, Status.ENDED, "cancelled");
        }
    }

    private enum How {
        BROKEN,
        ANSWERED,
        REUSED;

        static How of(int dice) {
            return dice == 0 ? BROKEN : dice < 3 ? ANSWERED : REUSED;
        }
    }

    private void end(Wire wire, How how) {
        if (wire == null) {
            return;
        }
        User user = wire.user;
        wire.host.running.decrementAndGet();
        switch (how) {
            case BROKEN -> {
                user.moves(Status.RUNNING, Status.WAITING, "retried");
                user.retried = true;
                pool.retry(user);
                pool.released(user, wire);
            }
            case ANSWERED -> {
                user.moves(Status.RUNNING, Status.ENDED, "answered");
                pool.answered(user, wire);
                pool.answered(user, wire);
            }
            case REUSED -> {
                user.moves(Status.RUNNING, Status.ENDED, "answered");
                wire.used.set(false);
                if (pool.reuse(user, wire) == Reuse.DISMISSED && !wire.host.outcome.isDone()) {
                    // The client leaves when it is told to.
                    die(wire.host);
                }
                if (pool.reuse(user, wire) != Reuse.OVER) {
                    violations.add("an exchange ended twice");
                }
            }
        }
    }

    private void onSomeHost(SplittableRandom random, Consumer<Host> what) {
        Object[] all = alive.toArray();
        if (all.length > 0) {
            what.accept((Host) all[random.nextInt(all.length)]);
        }
    }

    private void open(Host host) {
        Wire wire = new Wire(host);
        latestWires.set((int) (stamps.get() % latestWires.length()), wire);
        host.opened = true;
        if (!pool.opened(wire) && !host.outcome.isDone()) {
            // The client leaves when it is told to.
            die(host);
        }
    }

    private void closeAsked(Host host) {
        if (host.opened) {
            pool.drain(host.instance, DrainReason.ASKED);
            host.drainedAt = stamps.get();
        }
    }

    private void die(Host host) {
        if (host.opened) {
            alive.remove(host);
            host.outcome.complete(new InvokeOutcome.Failed(InvokeOutcome.Reason.FUNCTION_ERROR, "killed"));
        }
    }

    private void windDown() throws Exception {
        desired.set(0);
        pool.close();
        // What is released may give its slot to one who waits, and so on until nobody does.
        users.forEach(this::cancel);
        for (Wire wire = busy.poll(); wire != null; wire = busy.poll()) {
            end(wire, How.ANSWERED);
        }
        users.forEach(this::cancel);
        settle();
        hosts.values()
                .forEach(host -> host.outcome.complete(
                        new InvokeOutcome.Failed(InvokeOutcome.Reason.FUNCTION_ERROR, "the test is over")));
        settle();
    }

    /** Waits until the scheduler has done what was due before. */
    private void settle() throws Exception {
        scheduler.submit(() -> {}).get();
    }
}
