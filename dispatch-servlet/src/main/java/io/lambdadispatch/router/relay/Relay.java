package io.lambdadispatch.router.relay;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One attempt to serve a user's exchange through a channel: two pumps, and how they end. Whatever goes wrong on any of the four
 * ends is reported to {@link #end}; the first report counts. Containers recycle their request and response objects once an
 * exchange is completed, so each side is completed only after both pumps have stopped touching it; and neither side waits for the
 * other, for a user who takes nothing any more must not hold the instance's slot.
 */
final class Relay {
    private static final int PUMPS = 2;

    private final Exchange exchange;
    private final ChannelStream channel;
    private final RequestPump requestPump;
    private final AtomicReference<Ending> ending = new AtomicReference<>();
    private volatile boolean isMoved;

    // These belong to the lock of the IdleWatch.
    Relay previous;
    Relay next;
    boolean isWatched;
    long idleNanos;

    private final AtomicInteger atUser = new AtomicInteger(PUMPS);
    private final AtomicInteger atChannel = new AtomicInteger(PUMPS);

    Relay(Exchange exchange, ChannelStream channel) {
        this.exchange = exchange;
        this.channel = channel;
        this.requestPump = new RequestPump(this, channel.framingOf(exchange));
    }

    /** To be called once both sides know this relay. */
    void start() {
        exchange.idleWatch().add(this);
        if (isOver()) {
            // Its end has found nothing to remove.
            exchange.idleWatch().remove(this);
        }
        if (exchange.isUserGone()) {
            end(Ending.USER_GONE);
        } else if (channel.isBroken()) {
            end(Ending.CHANNEL_BROKEN);
        }
        requestPump.wake();
        channel.responsePump().wake();
    }

    /** A byte has moved, in either direction. */
    void moved() {
        if (!isMoved) {
            isMoved = true;
        }
    }

    /** Whether any has since the last call. */
    boolean takeMoved() {
        boolean was = isMoved;
        isMoved = false;
        return was;
    }

    /** Whether the user is what keeps bytes from moving. */
    boolean waitsForUser() {
        return requestPump.waitsForUser() || channel.responsePump().waitsForUser();
    }

    /** Has the containers tell of what has come: they forget it, now and then. */
    void remindContainers() {
        if (requestPump.waitsForUser()) {
            exchange.remindContainer();
        }
        if (channel.responsePump().waitsForInstance()) {
            channel.remindContainer();
        }
    }

    Exchange exchange() {
        return exchange;
    }

    ChannelStream channel() {
        return channel;
    }

    RequestPump requestPump() {
        return requestPump;
    }

    boolean isOver() {
        return ending.get() != null;
    }

    /** This is how it ends, unless it has ended already; a pump that is still leaving looks again then. Any thread. */
    void end(Ending how) {
        if (ending.compareAndSet(null, how)) {
            exchange.idleWatch().remove(this);
        }
        requestPump.wake();
        channel.responsePump().wake();
    }

    /** The instance is done with the request, though the user is not with the answer. */
    void answerReceived() {
        channel.answered(exchange);
    }

    boolean isCompleted() {
        return ending.get() == Ending.COMPLETED;
    }

    /** A pump has stopped touching both of its ends. */
    void pumpStopped() {
        if (isCompleted()) {
            // The user first: he waits.
            userLetGo();
            channelLetGo();
        } else {
            channelLetGo();
            userLetGo();
        }
    }

    /** A pump has stopped touching the user's end. */
    void userLetGo() {
        if (atUser.decrementAndGet() > 0) {
            return;
        }
        switch (ending.get()) {
            case COMPLETED -> exchange.complete();
            case USER_GONE ->
                // Many leave as soon as they have all that was announced, before the instance's end is read.
                exchange.discard(
                        channel.responsePump().hasGivenAll() ? RequestOutcome.COMPLETED : RequestOutcome.USER_GONE);
            case USER_IDLE -> exchange.timeOut();
            case BAD_ANSWER -> exchange.fail(RequestOutcome.BAD_ANSWER);
            case CHANNEL_BROKEN -> {
                if (!isRetryable() || !exchange.retries(channel.responsePump().isHeadApplied())) {
                    channel.release(exchange);
                    exchange.fail(RequestOutcome.INSTANCE_FAILED);
                }
            }
        }
    }

    /** A pump has stopped touching the channel's end. */
    void channelLetGo() {
        if (atChannel.decrementAndGet() > 0) {
            return;
        }
        // An answer need not wait for the end of the request: what the app has of it must not pass for the whole.
        if (isCompleted() && requestPump.isWhole()) {
            channel.complete();
        } else {
            channel.reset();
        }
        if (isCompleted()) {
            channel.answered(exchange);
        } else if (!isRetryable()) {
            channel.release(exchange);
        }
    }

    /** Then the slot is given back in one step with the retry, lest a younger request get it in between. */
    private boolean isRetryable() {
        boolean isUnseen =
                ending.get() == Ending.CHANNEL_BROKEN && !channel.responsePump().isSeen();
        return isUnseen && exchange.isRetryable(requestPump.hasBegun());
    }
}
