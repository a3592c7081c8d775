package io.lambdadispatch.local;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * One execution environment: a process that fetches invokes from its own Runtime API, one at a time.
 *
 * <p>Its life: the process is started, asks for an invocation ({@link #next}; now it is initialized), answers it, asks
 * again, and so on, until it is ended: by its time-out, by idling, by {@link #kill}, by {@link #shutDown}, by a fault that
 * was asked for, or on its own. Whatever ends it first wins; the invoke it had then gets its result exactly once.
 *
 * <p>Safe for use by threads: one short lock guards the books, everything else happens outside of it. The function's
 * lock may be held when this one is taken, never the other way round.
 */
final class ExecutionEnvironment {
    /** What Lambda gives a runtime between SIGTERM and SIGKILL when only internal extensions are there. */
    static final Duration SHUTDOWN_PHASE = Duration.ofMillis(500);

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
    private boolean begun;
    private boolean ended;
    private boolean initialized;
    private NextPoll poll;
    private Invocation current;
    private boolean delivered;
    private boolean held;
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
    CompletableFuture<Void> gone() {
        return gone;
    }

    void start() {
        machine.later(function.coldStartDelay(), () -> machine.onProcessThread(this::startProcess));
    }

    private void startProcess() {
        synchronized (this) {
            if (ended) {
                return;
            }
            begun = true;
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
            if (ended) {
                return false;
            }
            current = invocation;
            delivered = false;
            limit(invocation);
            delivery = deliveryIfPolled();
        }
        delivery.run();
        return true;
    }

    /** The runtime asks for an invocation and waits for as long as it takes. */
    void next(NextPoll asked) {
        Runnable action;
        NextPoll superseded = null;
        synchronized (this) {
            if (ended || (current != null && delivered)) {
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

    String functionName() {
        return function.settings().name();
    }

    /** An extension of this environment; its identifier, or none when the runtime has asked for work already. */
    synchronized Optional<String> registerExtension() {
        return ended || poll != null || initialized ? Optional.empty() : Optional.of(extensions.register());
    }

    /** @return false when there is no such extension */
    boolean extensionAsks(String identifier, NextPoll asked) {
        Runnable action;
        synchronized (this) {
            if (ended || !extensions.asks(identifier, asked)) {
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
        if (!initialized && poll != null && extensions.areReady()) {
            initialized = true;
            function.meter().count(Count.INIT_MS, usage.initialized());
        }
    }

    /** What is to be done, without the lock, once a runtime asks and there is something for it. */
    private Runnable deliveryIfPolled() {
        if (poll == null || current == null || !initialized) {
            return settling();
        }
        Invocation invocation = current;
        Faults faults = function.faults();
        delivered = true;
        usage.delivered();
        if (faults.error()) {
            return () -> answer(invocation.requestId(), FunctionErrors.asAsked(invocation));
        }
        NextPoll waiting = poll;
        poll = null;
        Duration timeout = limit(invocation);
        crashInTime(faults, invocation);
        hangInTime(faults, invocation);
        long deadlineMs = System.currentTimeMillis() + timeout.toMillis();
        Runnable delivery = () -> waiting.deliver(invocation, deadlineMs, () -> undelivered(invocation));
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
            if (current != invocation) {
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
            if (current == invocation) {
                delivered = false;
            }
        }
        machine.onProcessThread(process::kill);
    }

    private Duration limit(Invocation invocation) {
        Duration timeout = function.timeout();
        timer.restart(timeout, () -> timeOut(invocation, timeout));
        return timeout;
    }

    /**
     * The runtime answers an invocation.
     *
     * @return false when it is not the one that it has
     */
    boolean answer(String requestId, InvokeResult result) {
        Invocation invocation;
        Duration used;
        Runnable settling;
        synchronized (this) {
            if (ended || current == null || !delivered || !current.requestId().equals(requestId)) {
                return false;
            }
            cancelTimers();
            used = usage.ended();
            invocation = current;
            current = null;
            answered++;
            settling = settling();
        }
        settling.run();
        function.answered(this, invocation, result, used);
        return true;
    }

    /** The runtime could not be initialized; the invoke that waits for it gets {@code result}. */
    boolean initFailed(InvokeResult result) {
        synchronized (this) {
            if (initialized) {
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
        if (!ended) {
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
    void kill() {
        kill(null);
    }

    private void kill(Invocation only) {
        if (endWith(only, FunctionErrors::killed)) {
            function.meter().count(Count.CRASHES);
            machine.onProcessThread(process::kill);
        }
    }

    /** SIGTERM, and SIGKILL after {@link #SHUTDOWN_PHASE}; without an extension SIGKILL alone, as AWS does. */
    void shutDown() {
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
    void abandon() {
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
            if (ended || (only != null && only != current)) {
                return false;
            }
            ended = true;
            toBeFrozen = false;
            neverBegun = !begun;
            cancelTimers();
            unfinished = current;
            current = null;
            untouched = initialized && !delivered;
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

    private void cancelTimers() {
        timer.cancel();
        crashTimer.cancel();
        hangTimer.cancel();
    }

    /**
     * SIGSTOP to its processes, whatever they are at: to its peers it is now like one whose network is cut. When this
     * returns, they are stopped; not for I/O threads.
     */
    void freeze() {
        hold(true);
    }

    /** SIGCONT, unless it is idle and idle ones are frozen. When this returns, it goes on; not for I/O threads. */
    void thaw() {
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
        boolean resting = poll != null && current == null && function.freezesIdle();
        boolean wish = !ended && (held || resting);
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
            EnvironmentStats.State state = !initialized
                    ? EnvironmentStats.State.STARTING
                    : current == null ? EnvironmentStats.State.IDLE : EnvironmentStats.State.BUSY;
            long busyMs = delivered && current != null ? usage.running().toMillis() : 0;
            return new EnvironmentStats(id, pid, state, current != null, busyMs, answered, appPort, frozen);
        }
    }
}
