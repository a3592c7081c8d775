package io.lambdadispatch.benchmarks.scale;

import io.lambdadispatch.benchmarks.scale.Ticket.Failure;
import io.lambdadispatch.router.engine.Channel;
import io.lambdadispatch.router.engine.PendingRequest;
import io.lambdadispatch.router.engine.Pool;
import io.lambdadispatch.router.engine.Refusal;

/** A user's request in the router, which treats it as the relay does: one that is safe is sent again, once. */
final class RoutedRequest extends PendingRequest {
    private final Pool pool;
    private final Ticket ticket;
    private final long serviceNanos;
    private boolean mayBeSentAgain;

    RoutedRequest(Pool pool, Ticket ticket, long serviceNanos, boolean isSafe) {
        this.pool = pool;
        this.ticket = ticket;
        this.serviceNanos = serviceNanos;
        this.mayBeSentAgain = isSafe;
    }

    long serviceNanos() {
        return serviceNanos;
    }

    @Override
    protected void assigned(Channel channel) {
        ticket.begun();
        ((SimulatedChannel) channel).serve(this);
    }

    @Override
    protected void refused(Refusal why) {
        ticket.failed(Failure.REFUSED);
    }

    void answered() {
        ticket.answered();
    }

    /** The instance died over it. */
    void cutOff(Channel channel) {
        if (mayBeSentAgain) {
            mayBeSentAgain = false;
            pool.retry(this);
        } else {
            pool.released(this, channel);
            ticket.failed(Failure.CUT_OFF);
        }
    }
}
