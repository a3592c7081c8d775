package io.lambdadispatch.benchmarks.scale;

import io.lambdadispatch.protocol.ExitReason;
import io.lambdadispatch.router.engine.Channel;
import io.lambdadispatch.router.engine.LambdaInstance;

/** A channel of a simulated instance; as a task it is the end of the request in it. */
final class SimulatedChannel extends Channel implements Runnable {
    private final SimulatedInstance owner;
    private RoutedRequest request;
    private boolean isCutOff;

    SimulatedChannel(SimulatedInstance owner, LambdaInstance instance) {
        super(instance);
        this.owner = owner;
    }

    void serve(RoutedRequest given) {
        request = given;
        owner.begin(this, given.serviceNanos());
    }

    @Override
    public void run() {
        if (!isCutOff) {
            request.answered();
            owner.end(request, this);
        }
    }

    /** Its instance died. */
    void cutOff() {
        isCutOff = true;
        request.cutOff(this);
    }

    @Override
    protected void goAway() {
        owner.leave(ExitReason.ROUTER_GO_AWAY);
    }

    @Override
    protected void abort() {}
}
