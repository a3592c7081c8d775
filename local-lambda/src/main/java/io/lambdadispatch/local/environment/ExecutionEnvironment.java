package io.lambdadispatch.local.environment;

import io.lambdadispatch.local.billing.Count;
import io.lambdadispatch.local.billing.EnvironmentStats;
import io.lambdadispatch.local.billing.UsageClock;
import io.lambdadispatch.local.config.FunctionSettings;
import io.lambdadispatch.local.fault.Faults;
import io.lambdadispatch.local.function.FunctionErrors;
import io.lambdadispatch.local.function.Invocation;
import io.lambdadispatch.local.function.InvokeResult;
import io.lambdadispatch.local.runtime.NextPoll;
import io.lambdadispatch.local.runtime.RuntimeApi;
import io.lambdadispatch.local.runtime.Sandbox;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * One execution environment: a process that fetches invokes from its own Runtime API, one at a time.
 *
 * <p>Its life, and what its invoke does meanwhile:
 *
 * <pre>
 * CREATED --start--> INIT --runtime and extensions ask--> READY --whatever ends it first--> ENDED
 *    |                 |                                    |
 *    +-----------------+---- whatever ends it first --------+
 *
 * none --assign--> waiting --ready, and the runtime asks--> running --answer--> none
 *                     ^                                        |
 *                     +------------ the runtime was gone ------+
 * </pre>
 *
 * It is ended by its time-out, by idling, by {@link #kill}, by {@link #shutDown}, by a fault that was asked for, or on its own. Whatever
 * ends it first wins; the invoke it had then gets its result exactly once, or goes to another environment if a runtime that was ready
 * has not seen it. Its processes are stopped while it is {@code held}, and while it is idle, if idle ones are to be frozen.
 *
 * <p>Safe for use by threads: one short lock guards the books, everything else happens outside of it. The function's
 * lock may be held when this one is taken, never the other way round.
 */
public final class ExecutionEnvironment implements Sandbox {
    /** What Lambda gives a runtime between SIGTERM and SIGKILL when only internal extensions are there. */
    static final Duration SHUTDOWN_PHASE = Duration.ofMillis(500);

    /** How far it has come. */
    private enum Phase {
        /** Nothing has been started: the delay of a cold start. */
        CREATED,
        /** The process is there, or is about to be; its runtime and extensions have not all asked for work. */
        INIT,
        /** Initialized. */
        READY,
        /** Over; its processes may be there for a while. */
        ENDED
    }

    private final String id;
    private final LambdaFunction function;
    private final Machine machine;
    private final int appPort;
    private final RuntimeApi.Port runtimeApiPort;
    private final CompletableFuture<Void> gone = new CompletableFuture<>();
    private final EnvironmentProcess process = new EnvironmentProcess();
    private final RestartableTimer timer;
    private final RestartableTimer crashTimer;
    private final RestartableTimer hangTimer;
    private final Freezer freezer;
    private final UsageClock usage = new UsageClock();
    private final Extensions extensions = new Extensions();
    private Phase phase = Phase.CREATED;
    private NextPoll poll;
    /** What it has been given and its runtime has not taken yet. */
    private Invocation waiting;
    /** What its runtime has taken; never beside one that waits. */
    private Invocation running;
    /** Frozen on demand, or by a fault. */
    private boolean held;
    /** What the freezer has been told last. */
    private boolean toBeFrozen;

    private long answered;

    /** @throws IOException when the machine has no ports left */
    ExecutionEnvironment(String id, LambdaFunction function, Machine machine) throws IOException {
        this.id = id;
        this.function = function;
        this.machine = machine;
        this.timer = machine.newTimer();
        this.crashTimer = machine.newTimer();
        this.hangTimer = machine.newTimer();
        this.freezer = new Freezer(process, machine.stopSignals(), this::isToBeFrozen);
        this.appPort = machine.appPorts().lend();
        try {
            this.runtimeApiPort = machine.runtimeApi().open(this);
        } catch (IOException e) {
            machine.appPorts().giveBack(appPort);
            throw e;
        }
    }

    String id() {
        return id;
    }

    /** Completes when no process of it is left. */
    public CompletableFuture<Void> gone() {
        return gone;
    }

    void start() {
        machine.later(function.coldStartDelay(), () -> machine.onProcessThread(this::startProcess));
    }

    private void startProcess() {
        synchronized (this) {
            if (phase == Phase.ENDED) {
                return;
            }
            phase = Phase.INIT;
            usage.started();
        }
        FunctionSettings settings = function.settings();
        try {
            process.start(
                    settings.command(),
                    EnvironmentVariables.of(settings, machine.mark() + id, id, runtimeApiPort.number(), appPort),
                    machine.logs().fileFor(settings.name(), id),
                    this::exited);
        } catch (IOException e) {
            end(invocation -> FunctionErrors.notStarted(invocation, String.valueOf(e.getMessage())));
            cleanUp();
            return;
        }
        if (function.faults().crashDuringInit()) {
            process.kill();
        }
        // It may have been frozen before there was anything to freeze.
        freezer.settle();
    }

    /**
     * Gives it an invoke; it must have none.
     *
     * @return false when it has ended meanwhile and cannot take any
     */
    boolean assign(Invocation invocation) {
        Runnable delivery;
        synchronized (this) {
            if (phase == Phase.ENDED) {
                return false;
            }
            waiting = invocation;
            limit(invocation);
            delivery = deliveryIfPolled();
        }
        delivery.run();
        return true;
    }

    @Override
    public void next(NextPoll asked) {
        Runnable action;
        NextPoll superseded = null;
        synchronized (this) {
            if (phase == Phase.ENDED || running != null) {
                action = asked::refuse;
            } else {
                superseded = poll;
                poll = asked;
                endInitPhase();
                action = deliveryIfPolled();
            }
        }
        if (superseded != null) {
            superseded.abandon();
        }
        action.run();
    }

    @Override
    public String functionName() {
        return function.settings().name();
    }

    @Override
    public synchronized Optional<String> registerExtension() {
        boolean isTooLate = poll != null || phase == Phase.READY || phase == Phase.ENDED;
        return isTooLate ? Optional.empty() : Optional.of(extensions.register());
    }

    @Override
    public boolean extensionAsks(String identifier, NextPoll asked) {
        Runnable action;
        synchronized (this) {
            if (phase == Phase.ENDED || !extensions.asks(identifier, asked)) {
                return false;
            }
            endInitPhase();
            action = deliveryIfPolled();
        }
        action.run();
        return true;
    }

    /** It is over when the runtime and all extensions have asked for what comes next. */
    private void endInitPhase() {
        if (phase == Phase.INIT && poll != null && extensions.areReady()) {
            phase = Phase.READY;
            function.meter().count(Count.INIT_MS, usage.initialized());
        }
    }

    /** What is to be done, without the lock, once a runtime asks and there is something for it. */
    private Runnable deliveryIfPolled() {
        if (poll == null || waiting == null || phase != Phase.READY) {
            return settling();
        }
        Invocation invocation = waiting;
        Faults faults = function.faults();
        waiting = null;
        running = invocation;
        usage.delivered();
        if (faults.error()) {
            return () -> answer(invocation.requestId(), FunctionErrors.asAsked(invocation));
        }
        NextPoll taker = poll;
        poll = null;
        Duration timeout = limit(invocation);
        crashInTime(faults, invocation);
        hangInTime(faults, invocation);
        long deadlineMs = System.currentTimeMillis() + timeout.toMillis();
        Runnable delivery = () -> taker.deliver(invocation, deadlineMs, () -> undelivered(invocation));
        Runnable settling = settling();
        if (held) {
            // Stopped first, so that the runtime has seen nothing when it hangs from the start.
            return () -> machine.onProcessThread(() -> {
                freezer.settle();
                delivery.run();
            });
        }
        return () -> {
            settling.run();
            delivery.run();
        };
    }

    private void crashInTime(Faults faults, Invocation invocation) {
        faults.crash()
                .filter(crash -> answered >= crash.invokesBefore())
                .ifPresent(crash -> crashTimer.restart(crash.after(), () -> kill(invocation)));
    }

    private void hangInTime(Faults faults, Invocation invocation) {
        faults.hangAfter().ifPresent(after -> {
            if (after.isZero()) {
                held = true;
                function.meter().count(Count.HANGS);
            } else {
                hangTimer.restart(after, () -> hang(invocation));
            }
        });
    }

    private void hang(Invocation invocation) {
        Runnable settling;
        synchronized (this) {
            if (current() != invocation) {
                return;
            }
            held = true;
            settling = settling();
        }
        function.meter().count(Count.HANGS);
        settling.run();
    }

    /** The runtime was not there to take it: its process is gone or of no use, and another may have the invocation. */
    private void undelivered(Invocation invocation) {
        synchronized (this) {
            if (running == invocation) {
                waiting = invocation;
                running = null;
            }
        }
        machine.onProcessThread(process::kill);
    }

    private Duration limit(Invocation invocation) {
        Duration timeout = function.timeout();
        timer.restart(timeout, () -> timeOut(invocation, timeout));
        return timeout;
    }

    @Override
    public boolean answer(String requestId, InvokeResult result) {
        Invocation invocation;
        Duration used;
        Runnable settling;
        synchronized (this) {
            if (phase == Phase.ENDED || running == null || !running.requestId().equals(requestId)) {
                return false;
            }
            cancelTimers();
            used = usage.ended();
            invocation = running;
            running = null;
            answered++;
            settling = settling();
        }
        settling.run();
        function.answered(this, invocation, result, used);
        return true;
    }

    @Override
    public boolean initFailed(InvokeResult result) {
        synchronized (this) {
            if (phase == Phase.READY) {
                return false;
            }
        }
        end(invocation -> result);
        // It leaves on its own, as runtimes do, and has the shutdown phase for it.
        machine.later(SHUTDOWN_PHASE, () -> machine.onProcessThread(process::kill));
        return true;
    }

    /** Shuts it down {@code idle} after now unless it gets another invoke before. */
    synchronized void restFor(Duration idle) {
        if (phase != Phase.ENDED) {
            timer.restart(idle, () -> function.reap(this));
        }
    }

    private void timeOut(Invocation invocation, Duration timeout) {
        boolean late = endWith(invocation, timedOut -> {
            function.meter().count(Count.TIMEOUTS);
            return FunctionErrors.timedOut(timedOut, timeout);
        });
        if (late) {
            machine.onProcessThread(process::kill);
        }
    }

    private void exited(int exitValue) {
        if (end(invocation -> FunctionErrors.exited(invocation, exitValue))) {
            function.meter().count(Count.CRASHES);
        }
        machine.onProcessThread(this::cleanUp);
    }

    /** SIGKILL, now. */
    public void kill() {
        kill(null);
    }

    private void kill(Invocation only) {
        if (endWith(only, FunctionErrors::killed)) {
            function.meter().count(Count.CRASHES);
            machine.onProcessThread(process::kill);
        }
    }

    /** SIGTERM, and SIGKILL after {@link #SHUTDOWN_PHASE}; without an extension SIGKILL alone, as AWS does. */
    public void shutDown() {
        end(FunctionErrors::shutDown);
        if (extensions.isEmpty()) {
            machine.onProcessThread(process::kill);
            return;
        }
        machine.onProcessThread(() -> {
            process.terminate();
            // One that is stopped learns of it only when it goes on.
            freezer.settle();
        });
        machine.later(SHUTDOWN_PHASE, () -> machine.onProcessThread(process::kill));
    }

    /** Ends it in the books; who calls this ends its processes. */
    public void abandon() {
        process.refuseStart();
        end(FunctionErrors::shutDown);
    }

    private boolean end(Function<Invocation, InvokeResult> verdict) {
        return endWith(null, verdict);
    }

    /**
     * Ends it, unless something else has.
     *
     * @param only the invoke that it must have for this; {@code null} for any or none
     */
    private boolean endWith(Invocation only, Function<Invocation, InvokeResult> verdict) {
        Invocation unfinished;
        boolean untouched;
        boolean neverBegun;
        Duration used;
        synchronized (this) {
            if (phase == Phase.ENDED || (only != null && only != current())) {
                return false;
            }
            neverBegun = phase == Phase.CREATED;
            untouched = phase == Phase.READY && waiting != null;
            phase = Phase.ENDED;
            toBeFrozen = false;
            cancelTimers();
            unfinished = current();
            waiting = null;
            running = null;
            used = unfinished == null ? Duration.ZERO : usage.ended();
        }
        machine.runtimeApi().close(runtimeApiPort);
        if (neverBegun) {
            machine.onProcessThread(this::cleanUp);
        }
        if (unfinished == null) {
            function.ended(this);
        } else if (untouched) {
            function.endedBefore(this, unfinished);
        } else {
            function.ended(this, unfinished, verdict.apply(unfinished), used);
        }
        return true;
    }

    /** Its invoke, be it waiting or running; {@code null} when it has none. */
    private Invocation current() {
        return running == null ? waiting : running;
    }

    private void cancelTimers() {
        timer.cancel();
        crashTimer.cancel();
        hangTimer.cancel();
    }

    /**
     * SIGSTOP to its processes, whatever they are at: to its peers it is now like one whose network is cut. When this
     * returns, they are stopped; not for I/O threads.
     */
    public void freeze() {
        hold(true);
    }

    /** SIGCONT, unless it is idle and idle ones are frozen. When this returns, it goes on; not for I/O threads. */
    public void thaw() {
        hold(false);
    }

    private void hold(boolean other) {
        synchronized (this) {
            held = other;
            Runnable unused = settling();
        }
        freezer.settle();
    }

    /** Idle environments are to be frozen from now on, or no more. */
    void reviewFreezing() {
        Runnable settling;
        synchronized (this) {
            settling = settling();
        }
        settling.run();
    }

    /** What is to be done about its processes, without the lock, after a change of the books. */
    private Runnable settling() {
        boolean resting = poll != null && current() == null && function.freezesIdle();
        boolean wish = phase != Phase.ENDED && (held || resting);
        if (wish == toBeFrozen) {
            return () -> {};
        }
        toBeFrozen = wish;
        return () -> machine.onProcessThread(freezer::settle);
    }

    private synchronized boolean isToBeFrozen() {
        return toBeFrozen;
    }

    /** When the root process has ended: also what it left behind, the poll it left open, and its ports. */
    private void cleanUp() {
        process.kill();
        freezer.settle();
        NextPoll left;
        synchronized (this) {
            left = poll;
            poll = null;
        }
        if (left != null) {
            left.abandon();
        }
        extensions.abandon();
        machine.appPorts().giveBack(appPort);
        machine.logs().finish(id);
        gone.complete(null);
    }

    EnvironmentStats stats() {
        long pid = process.pid();
        boolean frozen = freezer.isFrozen();
        synchronized (this) {
            boolean isBusy = current() != null;
            EnvironmentStats.State state = phase == Phase.CREATED || phase == Phase.INIT
                    ? EnvironmentStats.State.STARTING
                    : isBusy ? EnvironmentStats.State.BUSY : EnvironmentStats.State.IDLE;
            long busyMs = running != null ? usage.running().toMillis() : 0;
            return new EnvironmentStats(id, pid, state, isBusy, busyMs, answered, appPort, frozen);
        }
    }
}
