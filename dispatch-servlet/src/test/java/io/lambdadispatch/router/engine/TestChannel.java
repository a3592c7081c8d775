package io.lambdadispatch.router.engine;

/** A channel that counts what it was told. */
final class TestChannel extends Channel {
    private int goAways;
    private int aborts;

    TestChannel(LambdaInstance instance) {
        super(instance);
    }

    @Override
    protected void goAway() {
        goAways++;
    }

    @Override
    protected void abort() {
        aborts++;
    }

    int goAways() {
        return goAways;
    }

    int aborts() {
        return aborts;
    }
}
