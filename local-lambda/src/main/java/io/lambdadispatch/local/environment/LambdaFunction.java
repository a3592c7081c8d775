package io.lambdadispatch.local.environment;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.lambdadispatch.local.billing.Count;
import io.lambdadispatch.local.billing.EnvironmentStats;
import io.lambdadispatch.local.billing.FunctionMeter;
import io.lambdadispatch.local.billing.FunctionStats;
import io.lambdadispatch.local.config.FunctionSettings;
import io.lambdadispatch.local.fault.Faults;
import io.lambdadispatch.local.function.FunctionErrors;
import io.lambdadispatch.local.function.Invocation;
import io.lambdadispatch.local.function.InvokeResult;
import io.lambdadispatch.local.function.Refusal;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A function and its environments: an invoke takes the idle environment that was used last, or else starts a new one, or
 * is throttled at the concurrency limit. Nothing ever queues, as on AWS.
 *
 * <p>Safe for use by threads: one short lock guards the books.
 */
public final class LambdaFunction {
    private static final Logger LOG = LoggerFactory.getLogger(LambdaFunction.class);

    private final FunctionSettings settings;
    private final Machine machine;
    private final FunctionMeter meter = new FunctionMeter();
    private final Deque<ExecutionEnvironment> idle = new ArrayDeque<>();
    private final Map<String, ExecutionEnvironment> live = new LinkedHashMap<>();
    private int running;
    private boolean closed;
    private volatile Faults faults = Faults.NONE;

    public LambdaFunction(FunctionSettings settings, Machine machine) {
        this.settings = settings;
        this.machine = machine;
    }

    public FunctionSettings settings() {
        return settings;
    }

    FunctionMeter meter() {
        return meter;
    }

    public Faults faults() {
        return faults;
    }

    public void setFaults(Faults others) {
        changeFaults(before -> others);
    }

    /** The faults after the change. */
    @CanIgnoreReturnValue
    public Faults changeFaults(UnaryOperator<Faults> change) {
        Faults changed;
        synchronized (this) {
            changed = change.apply(faults);
            faults = changed;
        }
        environments().forEach(ExecutionEnvironment::reviewFreezing);
        return changed;
    }

    Duration timeout() {
        return faults.timeout().orElse(settings.timeout());
    }

    Duration coldStartDelay() {
        return faults.coldStartDelay().orElse(machine.settings().coldStartDelay());
    }

    boolean freezesIdle() {
        return faults.freeze().orElse(machine.settings().freezeIdle());
    }

    /**
     * Runs an invocation; its result is completed when it is done.
     *
     * @return why it was not even begun, if so
     */
    public Optional<Refusal> invoke(Invocation invocation) {
        Optional<Refusal> refusal = admit();
        if (refusal.isPresent()) {
            meter.refused(refusal.get().count());
        } else {
            meter.accepted();
            place(invocation);
        }
        return refusal;
    }

    private Optional<Refusal> admit() {
        Optional<Refusal> asked = faults.refusal();
        if (asked.isPresent()) {
            return asked;
        }
        synchronized (this) {
            if (closed || running >= settings.concurrency()) {
                return Optional.of(Refusal.RESERVED_CONCURRENT_INVOCATION_LIMIT);
            }
            running++;
            return Optional.empty();
        }
    }

    /** Why nothing would run; limits are not looked at, since nothing does. */
    public Optional<Refusal> refusalOfDryRun() {
        return faults.refusal().filter(refusal -> !refusal.isThrottle());
    }

    private void place(Invocation invocation) {
        try {
            boolean taken = false;
            while (!taken) {
                ExecutionEnvironment environment = lastUsed();
                taken = environment != null ? environment.assign(invocation) : startFor(invocation);
            }
        } catch (IOException e) {
            LOG.warn("no new environment for {}", settings.name(), e);
            finish(invocation, FunctionErrors.notStarted(invocation, String.valueOf(e.getMessage())), Duration.ZERO);
        }
    }

    private synchronized ExecutionEnvironment lastUsed() {
        return idle.pollLast();
    }

    private boolean startFor(Invocation invocation) throws IOException {
        String id = UUID.randomUUID().toString().substring(0, 8);
        ExecutionEnvironment environment = new ExecutionEnvironment(id, this, machine);
        // It has its invoke before anyone can see and end it, so that no end goes without a result for the caller.
        environment.assign(invocation);
        boolean tooLate;
        synchronized (this) {
            tooLate = closed;
            if (!tooLate) {
                live.put(id, environment);
            }
        }
        if (tooLate) {
            environment.shutDown();
        } else {
            meter.count(Count.COLD_STARTS);
            environment.start();
        }
        return true;
    }

    /** The environment has answered and is free again. */
    void answered(ExecutionEnvironment environment, Invocation invocation, InvokeResult result, Duration used) {
        synchronized (this) {
            if (live.containsKey(environment.id())) {
                idle.addLast(environment);
                environment.restFor(machine.settings().idleTimeout());
            }
        }
        // Free before the caller knows: who calls again at once finds it.
        finish(invocation, result, used);
    }

    /** The environment has ended without an invoke. */
    synchronized void ended(ExecutionEnvironment environment) {
        live.remove(environment.id());
        idle.remove(environment);
    }

    /** The environment has ended with an invoke that it had begun, and that ends with it. */
    void ended(ExecutionEnvironment environment, Invocation invocation, InvokeResult result, Duration used) {
        ended(environment);
        finish(invocation, result, used);
    }

    /** The environment has ended before it saw the invoke that it was given: another one can take it. */
    void endedBefore(ExecutionEnvironment environment, Invocation invocation) {
        ended(environment);
        place(invocation);
    }

    private void finish(Invocation invocation, InvokeResult result, Duration used) {
        synchronized (this) {
            running--;
        }
        meter.count(Count.BILLED_MS, used);
        if (result.failed()) {
            meter.count(Count.FUNCTION_ERRORS);
        }
        invocation.complete(result);
    }

    /** Shuts an environment down, if it is still idle. */
    void reap(ExecutionEnvironment environment) {
        boolean stillIdle;
        synchronized (this) {
            stillIdle = idle.remove(environment);
        }
        if (stillIdle) {
            environment.shutDown();
        }
    }

    public synchronized Optional<ExecutionEnvironment> environment(String id) {
        return Optional.ofNullable(live.get(id));
    }

    synchronized Collection<ExecutionEnvironment> environments() {
        return List.copyOf(live.values());
    }

    /** Takes no invokes any more; gives the environments that are left to be ended. */
    public synchronized Collection<ExecutionEnvironment> close() {
        closed = true;
        return environments();
    }

    public FunctionStats stats() {
        List<EnvironmentStats> environments = new ArrayList<>();
        environments().forEach(environment -> environments.add(environment.stats()));
        return meter.with(environments);
    }
}
