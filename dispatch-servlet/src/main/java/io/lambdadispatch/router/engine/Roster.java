package io.lambdadispatch.router.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The instances of one pool: which there are, in which state, and how many in each. It owns the one lock of the pool's books,
 * which the {@link Dispatcher} takes too: what matching changes in an instance and what is asked here agree at any time. Methods
 * take the lock themselves, but for those that are marked: these are the Dispatcher's, within its own events. Any thread.
 */
final class Roster {
    /** Guards this roster, its {@link Dispatcher}'s books, and those of requests, channels and instances. Nothing is locked inside it. */
    final Object lock = new Object();

    @GuardedBy("lock")
    private final Map<String, LambdaInstance> instances = new HashMap<>();

    @GuardedBy("lock")
    private final Map<LambdaInstance.State, Integer> byState = new EnumMap<>(LambdaInstance.State.class);

    @GuardedBy("lock")
    private int expiring;

    /** The channels and slots of these instances. */
    @GuardedBy("lock")
    final Slots slots;

    /**
     * @param maxRunning requests that one instance runs at once
     */
    Roster(int maxRunning) {
        this.slots = new Slots(maxRunning);
    }

    void add(LambdaInstance instance) {
        synchronized (lock) {
            instances.put(instance.id(), instance);
            byState.merge(instance.state, 1, Integer::sum);
        }
    }

    /** An instance that may open channels, or is about to finish; {@code null} when it is unknown or dead. */
    LambdaInstance find(String instanceId) {
        synchronized (lock) {
            return instances.get(instanceId);
        }
    }

    /** All instances that are not closed. */
    List<LambdaInstance> all() {
        synchronized (lock) {
            return new ArrayList<>(instances.values());
        }
    }

    /** Each of them at this moment, in no order: as long a look as there are instances, for people only. */
    List<InstanceView> view(long nowNanos) {
        synchronized (lock) {
            List<InstanceView> views = new ArrayList<>(instances.size());
            for (LambdaInstance instance : instances.values()) {
                views.add(instance.view(nowNanos));
            }
            return views;
        }
    }

    LambdaInstance.State stateOf(LambdaInstance instance) {
        synchronized (lock) {
            return instance.state;
        }
    }

    /** Channels of the instance in which an exchange runs. */
    List<Channel> busyChannels(LambdaInstance instance) {
        synchronized (lock) {
            return instance.busy.toList();
        }
    }

    /** Whether an instance that was started at that moment or later has answered a request. */
    boolean hasAnsweredSince(long startedAtNanos) {
        synchronized (lock) {
            for (LambdaInstance instance : instances.values()) {
                if (instance.answered > 0 && instance.startedAtNanos() - startedAtNanos >= 0) {
                    return true;
                }
            }
            return false;
        }
    }

    // Instances that leave

    /**
     * The instance is to get nothing new.
     *
     * @return its idle channels, closed already, through which it is to be told; empty when it was draining before
     */
    Optional<List<Channel>> drain(LambdaInstance instance) {
        synchronized (lock) {
            if (instance.state != LambdaInstance.State.STARTING && instance.state != LambdaInstance.State.OPEN) {
                return Optional.empty();
            }
            move(instance, LambdaInstance.State.DRAINING);
            return Optional.of(slots.closeIdle(instance));
        }
    }

    /**
     * What is left of an instance.
     *
     * @param wasOpen whether it ever opened a channel
     * @param wasDraining whether it was to get no more requests, for whatever reason
     * @param answered requests that it has answered
     * @param parked its idle channels, closed already
     * @param busy those in which an exchange runs, which is to end by itself
     */
    record Ending(boolean wasOpen, boolean wasDraining, long answered, List<Channel> parked, List<Channel> busy) {}

    /** The instance's invoke is over; empty when it was before. */
    Optional<Ending> end(LambdaInstance instance) {
        synchronized (lock) {
            if (instance.state == LambdaInstance.State.CLOSED) {
                return Optional.empty();
            }
            boolean wasDraining = instance.state == LambdaInstance.State.DRAINING;
            move(instance, LambdaInstance.State.CLOSED);
            instances.remove(instance.id());
            return Optional.of(new Ending(
                    instance.wasOpen,
                    wasDraining,
                    instance.answered,
                    slots.closeIdle(instance),
                    instance.busy.toList()));
        }
    }

    /** The instance will leave soon. False when it is not open, or is known to. */
    boolean markExpiring(LambdaInstance instance) {
        synchronized (lock) {
            if (instance.state != LambdaInstance.State.OPEN || instance.isExpiring) {
                return false;
            }
            instance.isExpiring = true;
            expiring++;
            return true;
        }
    }

    boolean isExpiring(LambdaInstance instance) {
        synchronized (lock) {
            return instance.isExpiring;
        }
    }

    /** Notes whom to tell when nothing runs on the instance any more. False when nothing does already. */
    boolean awaitDrained(LambdaInstance instance, Runnable whenDrained) {
        synchronized (lock) {
            if (instance.busy.isEmpty()) {
                return false;
            }
            Runnable earlier = instance.whenDrained;
            instance.whenDrained = earlier == null
                    ? whenDrained
                    : () -> {
                        earlier.run();
                        whenDrained.run();
                    };
            return true;
        }
    }

    /** Whom to tell that nothing runs on the instance any more, once; {@code null} while something does. */
    Runnable takeWhenDrained(LambdaInstance instance) {
        synchronized (lock) {
            if (!instance.busy.isEmpty()) {
                return null;
            }
            Runnable whenDrained = instance.whenDrained;
            instance.whenDrained = null;
            return whenDrained;
        }
    }

    // For the dispatcher, within its events

    /** It has opened its first channel. */
    @GuardedBy("lock")
    void opens(LambdaInstance instance, long nowNanos) {
        move(instance, LambdaInstance.State.OPEN);
        instance.wasOpen = true;
        instance.openedAtNanos = nowNanos;
    }

    @GuardedBy("lock")
    private void move(LambdaInstance instance, LambdaInstance.State next) {
        byState.merge(instance.state, -1, Integer::sum);
        if (instance.isExpiring) {
            instance.isExpiring = false;
            expiring--;
        }
        instance.state = next;
        byState.merge(next, 1, Integer::sum);
    }

    @GuardedBy("lock")
    int count(LambdaInstance.State state) {
        return byState.getOrDefault(state, 0);
    }

    @GuardedBy("lock")
    int expiring() {
        return expiring;
    }
}
