package io.lambdadispatch.router.relay;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One attempt to serve a user's exchange through a channel: two pumps, and how they end. Whatever goes wrong on either end is reported
 * to {@link #end}; the first report counts, and each pump stops as soon as it sees it. What follows for the user and for the channel
 * is decided once, here, as soon as nothing touches that end any more. Neither waits for the other: a user who takes nothing holds
 * no slot, and a channel that is slow to end holds up no user.
 */
final class Relay {
    private static final int PUMPS = 2;
    private static final int LAST_WRITE = 1;

    private final Exchange exchange;
    private final ChannelStream channel;
    private final RequestPump request;
    private final ResponsePump response;
    private final AtomicReference<Ending> ending = new AtomicReference<>();
    private final AtomicInteger atUser = new AtomicInteger(PUMPS + LAST_WRITE);
    private final AtomicInteger atChannel = new AtomicInteger(PUMPS);
    private volatile boolean isMoved;
    private volatile boolean isUserCut;
    private volatile Throwable lastWriteFailure;

    // These belong to the lock of the IdleWatch.
    Relay previous;
    Relay next;
    boolean isWatched;
    long idleNanos;
    long lingeredNanos;

    Relay(Exchange exchange, ChannelStream channel) {
        this.exchange = exchange;
        this.channel = channel;
        this.request = new RequestPump(this, channel.framingOf(exchange));
        this.response = new ResponsePump(this);
    }

    /** To be called once both sides know this relay. */
    void start() {
        exchange.context().idleWatch().add(this);
        if (exchange.isUserGone()) {
            end(Ending.USER_GONE);
        } else if (channel.isBroken()) {
            end(Ending.CHANNEL_BROKEN);
        }
        request.wake();
        channel.wake();
    }

    Exchange exchange() {
        return exchange;
    }

    ChannelStream channel() {
        return channel;
    }

    RequestPump request() {
        return request;
    }

    ResponsePump response() {
        return response;
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
        return request.waitsForUser() || response.waitsForUser();
    }

    /** Whether the user has the response, and is only read on so that they notice. */
    boolean lingers() {
        return request.lingers();
    }

    /** Nothing has moved for a while: whoever forgets to tell things is to look for them. */
    void lookAgain() {
        exchange.user().lookAgain();
        if (atChannel.get() > 0) {
            channel.end().lookAgain();
        }
    }

    boolean isOver() {
        return ending.get() != null;
    }

    /** Whether the response was received to its end. */
    boolean isCompleted() {
        return ending.get() == Ending.COMPLETED;
    }

    /** This is how it ends, unless it has ended already. Any thread. */
    void end(Ending how) {
        if (ending.compareAndSet(null, how)) {
            request.wake();
            channel.wake();
        }
    }

    /** The response was received to its end, and its last piece is about to be written. False when it has ended otherwise. */
    boolean complete() {
        if (ending.compareAndSet(null, Ending.COMPLETED)) {
            request.wake();
            return true;
        }
        return isCompleted();
    }

    /** The user has left. What they have got of a complete response is known when its last write is over, which it will be. */
    void userGone() {
        end(Ending.USER_GONE);
        request.wake();
    }

    /** The user holds it up. */
    void userIdle() {
        if (ending.compareAndSet(null, Ending.USER_IDLE)) {
            request.wake();
            channel.wake();
        } else if (isCompleted()) {
            isUserCut = true;
            exchange.user().abort(new UserIdleException());
            request.wake();
        }
    }

    boolean isUserCut() {
        return isUserCut;
    }

    /** The write of a complete response's last piece is over. */
    void lastWritten(Throwable failure) {
        lastWriteFailure = failure;
        userLetGo();
    }

    /** Somebody has stopped touching the user's end. */
    void userLetGo() {
        userLetGo(1);
    }

    /** The response pump has, and nothing of a complete response will be written. */
    void userLetGoUnwritten() {
        userLetGo(1 + LAST_WRITE);
    }

    private void userLetGo(int count) {
        if (atUser.addAndGet(-count) == 0) {
            exchange.context().idleWatch().remove(this);
            concludeUser();
        }
    }

    private void concludeUser() {
        switch (ending.get()) {
            case COMPLETED -> {
                if (lastWriteFailure == null) {
                    exchange.complete(isUserCut);
                } else {
                    exchange.discard(isUserCut ? RequestOutcome.USER_IDLE : RequestOutcome.USER_GONE);
                }
            }
            case USER_GONE -> exchange.discard(RequestOutcome.USER_GONE);
            case USER_IDLE -> exchange.timeOut();
            case BAD_RESPONSE -> exchange.fail(RequestOutcome.BAD_ANSWER);
            case CHANNEL_BROKEN -> {
                if (!isRetryable() || !exchange.retries()) {
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
        if (isCompleted()) {
            // What the app has of a request that is not whole must not pass for the whole.
            channel.answered(exchange, request.isWhole() ? response.afterwards() : ResponsePump.Afterwards.RESET);
        } else {
            channel.failed(exchange, !isRetryable());
        }
    }

    /** Then the slot is given back in one step with the retry, lest a younger request get it in between. */
    private boolean isRetryable() {
        return ending.get() == Ending.CHANNEL_BROKEN && !response.isSeen() && exchange.isRetryable(request.hasBegun());
    }
}
