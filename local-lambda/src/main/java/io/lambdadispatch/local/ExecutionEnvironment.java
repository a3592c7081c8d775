package io.lambdadispatch.local;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One execution environment: a process that fetches invokes from its own Runtime API, one at a time.
 *
 * <p>Its life: the process is started, asks for an invocation ({@link #next}; now it is initialized), answers it, asks
 * again, and so on, until it is ended: by its time-out, by idling, by {@link #kill}, by {@link #shutDown}, or on its own.
 * Whatever ends it first wins; the invoke it had then gets its result exactly once.
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

    private EnvironmentProcess process;
    private boolean begun;
    private boolean ended;
    private boolean initialized;
    private long startedNanos;
    private Duration init = Duration.ZERO;
    private Duration unbilledInit = Duration.ZERO;
    private NextPoll poll;
    private Invocation current;
    private boolean delivered;
    private long deliveredNanos;
    private long answered;
    private ScheduledFuture<?> timer;

    /** @throws IOException when the machine has no ports left */
    ExecutionEnvironment(String id, LambdaFunction function, Machine machine) throws IOException {
        this.id = id;
        this.function = function;
        this.machine = machine;
        this.appPort = machine.appPorts().lend();
        this.runtimeApiPort = machine.runtimeApi().open(this);
    }

    String id() {
        return id;
    }

    /** Completes when no process of it is left. */
    CompletableFuture<Void> gone() {
        return gone;
    }

    void start() {
        machine.later(machine.settings().coldStartDelay(), () -> machine.onProcessThread(this::startProcess));
    }

    private void startProcess() {
        synchronized (this) {
            if (ended) {
                return;
            }
            begun = true;
            startedNanos = System.nanoTime();
        }
        FunctionSettings settings = function.settings();
        try {
            EnvironmentProcess started = EnvironmentProcess.start(
                    settings.command(),
                    EnvironmentVariables.of(settings, machine.mark() + id, id, runtimeApiPort.number(), appPort),
                    machine.logs().fileFor(settings.name(), id));
            adopt(started);
        } catch (IOException e) {
            end(invocation -> FunctionErrors.notStarted(invocation, String.valueOf(e.getMessage())));
            cleanUp();
        }
    }

    private void adopt(EnvironmentProcess started) {
        boolean tooLate;
        synchronized (this) {
            process = started;
            tooLate = ended;
        }
        started.onExit(this::exited);
        if (tooLate) {
            started.kill();
        }
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
        NextPoll superseded;
        synchronized (this) {
            if (ended || (current != null && delivered)) {
                action = asked::refuse;
                superseded = null;
            } else {
                initialize();
                superseded = poll;
                poll = asked;
                action = deliveryIfPolled();
            }
        }
        if (superseded != null) {
            superseded.abandon();
        }
        action.run();
    }

    private void initialize() {
        if (!initialized) {
            initialized = true;
            init = Duration.ofNanos(System.nanoTime() - startedNanos);
            unbilledInit = init;
            function.meter().initialized(init);
        }
    }

    private Runnable deliveryIfPolled() {
        if (poll == null || current == null) {
            return () -> {};
        }
        NextPoll waiting = poll;
        Invocation invocation = current;
        poll = null;
        delivered = true;
        deliveredNanos = System.nanoTime();
        limit(invocation);
        long deadlineMs =
                System.currentTimeMillis() + function.settings().timeout().toMillis();
        return () -> waiting.deliver(invocation, deadlineMs, () -> undelivered(invocation));
    }

    /** The runtime was not there to take it: its process is gone or of no use, and another may have the invocation. */
    private void undelivered(Invocation invocation) {
        synchronized (this) {
            if (current == invocation) {
                delivered = false;
            }
        }
        machine.onProcessThread(this::killProcess);
    }

    private void limit(Invocation invocation) {
        cancelTimer();
        timer = machine.after(function.settings().timeout(), () -> timeOut(invocation));
    }

    /**
     * The runtime answers an invocation.
     *
     * @return false when it is not the one that it has
     */
    boolean answer(String requestId, InvokeResult result) {
        Invocation invocation;
        Duration used;
        synchronized (this) {
            if (ended || current == null || !delivered || !current.requestId().equals(requestId)) {
                return false;
            }
            cancelTimer();
            used = billable();
            invocation = current;
            current = null;
            answered++;
        }
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
        machine.later(SHUTDOWN_PHASE, () -> machine.onProcessThread(this::killProcess));
        return true;
    }

    /** Shuts it down {@code idle} after now unless it gets another invoke before. */
    synchronized void restFor(Duration idle) {
        if (!ended) {
            timer = machine.after(idle, () -> function.reap(this));
        }
    }

    private void timeOut(Invocation invocation) {
        synchronized (this) {
            if (current != invocation) {
                return;
            }
        }
        function.meter().timedOut();
        end(timedOut -> FunctionErrors.timedOut(timedOut, function.settings().timeout()));
        machine.onProcessThread(this::killProcess);
    }

    private void exited(int exitValue) {
        end(invocation -> FunctionErrors.exited(invocation, exitValue));
        machine.onProcessThread(this::cleanUp);
    }

    /** SIGKILL, now. */
    void kill() {
        end(FunctionErrors::killed);
        machine.onProcessThread(this::killProcess);
    }

    /** SIGTERM, and SIGKILL after {@link #SHUTDOWN_PHASE}. */
    void shutDown() {
        end(FunctionErrors::shutDown);
        machine.onProcessThread(() -> processOrNone(EnvironmentProcess::terminate));
        machine.later(SHUTDOWN_PHASE, () -> machine.onProcessThread(this::killProcess));
    }

    private void end(Function<Invocation, InvokeResult> verdict) {
        Invocation unfinished;
        boolean untouched;
        boolean neverBegun;
        Duration used;
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
            neverBegun = !begun;
            cancelTimer();
            unfinished = current;
            current = null;
            untouched = initialized && !delivered;
            used = unfinished == null ? Duration.ZERO : billable();
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
    }

    private Duration billable() {
        long since = initialized ? deliveredNanos : startedNanos;
        Duration run = since == 0 ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - since);
        Duration billable = run.plus(unbilledInit);
        unbilledInit = Duration.ZERO;
        return billable;
    }

    private void killProcess() {
        processOrNone(EnvironmentProcess::kill);
    }

    private void processOrNone(Consumer<EnvironmentProcess> action) {
        EnvironmentProcess started;
        synchronized (this) {
            started = process;
        }
        if (started != null) {
            action.accept(started);
        }
    }

    /** When the root process has ended: also what it left behind, the poll it left open, and its ports. */
    private void cleanUp() {
        killProcess();
        NextPoll left;
        synchronized (this) {
            left = poll;
            poll = null;
        }
        if (left != null) {
            left.abandon();
        }
        machine.appPorts().giveBack(appPort);
        machine.logs().finish(id);
        gone.complete(null);
    }

    private void cancelTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    synchronized EnvironmentStats stats() {
        EnvironmentStats.State state = !initialized
                ? EnvironmentStats.State.STARTING
                : current == null ? EnvironmentStats.State.IDLE : EnvironmentStats.State.BUSY;
        return new EnvironmentStats(id, process == null ? 0 : process.pid(), state, current != null, answered, appPort);
    }
}
