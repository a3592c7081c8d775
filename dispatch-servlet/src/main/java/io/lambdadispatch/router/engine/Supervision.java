package io.lambdadispatch.router.engine;

import io.lambdadispatch.router.engine.InvokeOutcome.Reason;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * Looks after each instance until its invoke is over: those that do not call back, fall silent, or will leave soon; and tells the
 * {@link Backoff} how starts go. Belongs to the scheduler's steps.
 */
final class Supervision {
    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** The last bytes of an answer may still be on their way when the invoke has ended. */
    private static final long LAST_BYTES_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final PoolSettings settings;
    private final Roster roster;
    private final Backoff backoff;
    private final Rollout rollout;
    private final PoolListener listener;
    private final Clock clock;
    private final Scheduler scheduler;
    private boolean isClosing;
    private long lookedAtNanos;

    Supervision(PoolSettings settings, Roster roster, Backoff backoff, Rollout rollout, PoolPorts ports) {
        this.settings = settings;
        this.roster = roster;
        this.backoff = backoff;
        this.rollout = rollout;
        this.listener = ports.listener();
        this.clock = ports.clock();
        this.scheduler = ports.scheduler();
        this.lookedAtNanos = clock.nanoTime();
    }

    /** Looks after each of them, unless it did a moment ago. */
    void look(long now) {
        long elapsed = now - lookedAtNanos;
        if (elapsed < PERIOD_NANOS) {
            return;
        }
        lookedAtNanos = now;
        // When it was this router that stood still, nobody else's silence is proved by it.
        long silence = Math.min(elapsed, 2 * PERIOD_NANOS);
        for (LambdaInstance instance : roster.all()) {
            switch (roster.stateOf(instance)) {
                case STARTING -> giveUpWhenLate(instance, now);
                case OPEN -> {
                    loseWhenSilent(instance, silence);
                    rollout.replaceWhenDue(instance, now);
                }
                case DRAINING -> {
                    if (!instance.wasOpen) {
                        giveUpWhenLate(instance, now);
                    } else if (instance.knowsWhenItLeaves()) {
                        // A client that says that pings to its end; the reference's stops when it begins to leave.
                        loseWhenSilent(instance, silence);
                    }
                }
                case CLOSED -> {}
            }
        }
        OptionalLong since = backoff.provableSince();
        if (since.isPresent() && roster.hasAnsweredSince(since.getAsLong())) {
            backoff.proved();
            listener.startsSucceeding(settings.poolId());
        }
    }

    private void giveUpWhenLate(LambdaInstance instance, long now) {
        if (now - instance.startedAtNanos() >= settings.instanceStartTimeout().toNanos()) {
            String message = "no channel within " + settings.instanceStartTimeout();
            end(instance, new InvokeOutcome.Failed(Reason.NOT_CALLED_BACK, message));
        }
    }

    private void loseWhenSilent(LambdaInstance instance, long sinceLastLook) {
        long silent = instance.vigil.seen(instance.reports.takeHeard(), sinceLastLook);
        if (!settings.instanceSilence().isZero()
                && silent >= settings.instanceSilence().toNanos()) {
            String message = "silent for " + settings.instanceSilence();
            end(instance, new InvokeOutcome.Failed(Reason.LOST, message)).ifPresent(ending -> {
                ending.parked().forEach(Channel::abort);
                ending.busy().forEach(Channel::abort);
            });
        }
    }

    /** The instance's invoke is over, or it is given up. Hands back what is left of it, unless it had ended before. */
    Optional<Roster.Ending> end(LambdaInstance instance, InvokeOutcome told) {
        Optional<Roster.Ending> ended = roster.end(instance);
        ended.ifPresent(ending -> conclude(instance, told, ending));
        return ended;
    }

    private void conclude(LambdaInstance instance, InvokeOutcome told, Roster.Ending ending) {
        scheduler.schedule(() -> roster.busyChannels(instance).forEach(Channel::abort), LAST_BYTES_NANOS);
        InvokeOutcome outcome = judged(told, ending);
        // One that has answered anything was worth its start, however it ended; one that came only to fail was not.
        if (outcome instanceof InvokeOutcome.Failed failed && ending.answered() == 0) {
            if (backoff.failed(failed, clock.nanoTime())) {
                listener.startsFailing(settings.poolId(), failed);
            }
        } else {
            backoff.placeIsFree(clock.nanoTime());
        }
        ending.parked().forEach(Channel::goAway);
        listener.instanceEnded(settings.poolId(), instance, outcome);
    }

    /** One that leaves without having called back has failed, whatever it says; but for those that are told to by a pool that closes. */
    private InvokeOutcome judged(InvokeOutcome outcome, Roster.Ending ending) {
        boolean wasTold = isClosing && ending.wasDraining();
        if (outcome instanceof InvokeOutcome.Answered answered && !ending.wasOpen() && !wasTold) {
            return new InvokeOutcome.Failed(
                    Reason.NOT_CALLED_BACK,
                    "the instance left without having opened a channel: "
                            + answered.reply().exitReason());
        }
        return outcome;
    }

    /** From now on instances may leave without having called back. */
    void close() {
        isClosing = true;
    }
}
