package io.lambdadispatch.router.relay;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One attempt to serve a user's exchange through a channel: two pumps, and how they end. Whatever goes wrong on any of the four
 * ends is reported to {@link #end}; the first report counts. Containers recycle their request and response objects once an
 * exchange is completed, so that is done only after both pumps have stopped touching them.
 */
final class Relay {
    private static final int PUMPS = 2;

    private final Exchange exchange;
    private final ChannelStream channel;
    private final RequestPump requestPump;
    private final AtomicReference<Ending> ending = new AtomicReference<>();
    private final AtomicInteger running = new AtomicInteger(PUMPS);

    Relay(Exchange exchange, ChannelStream channel) {
        this.exchange = exchange;
        this.channel = channel;
        this.requestPump = new RequestPump(this, channel.framingOf(exchange));
    }

    /** To be called once both sides know this relay. */
    void start() {
        if (exchange.isUserGone()) {
            end(Ending.USER_GONE);
        } else if (channel.isBroken()) {
            end(Ending.CHANNEL_BROKEN);
        }
        requestPump.wake();
        channel.responsePump().wake();
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

    /** This is how it ends, unless it has ended already. Any thread. */
    void end(Ending how) {
        if (ending.compareAndSet(null, how)) {
            requestPump.wake();
            channel.responsePump().wake();
        }
    }

    /** The instance is done with the request, though the user is not with the answer. */
    void answerReceived() {
        channel.answered();
    }

    void pumpStopped() {
        if (running.decrementAndGet() == 0) {
            finish(ending.get());
        }
    }

    private void finish(Ending how) {
        if (how == Ending.COMPLETED) {
            exchange.complete();
            if (requestPump.isWhole()) {
                channel.complete();
            } else {
                // The answer did not wait for the end of the request: what the app has of it must not pass for the
                // whole.
                channel.reset();
            }
            channel.answered();
            return;
        }
        channel.reset();
        boolean isUntouched =
                how == Ending.CHANNEL_BROKEN && !channel.responsePump().hasBegun();
        if (isUntouched && exchange.retries(requestPump.hasBegun())) {
            return;
        }
        channel.release();
        if (how == Ending.USER_GONE) {
            exchange.discard();
        } else {
            exchange.fail();
        }
    }
}
