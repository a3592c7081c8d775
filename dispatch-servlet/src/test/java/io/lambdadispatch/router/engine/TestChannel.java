package io.lambdadispatch.router.engine;

/** A channel that counts what it was told. */
final class TestChannel extends Channel {
    private int goAways;
    private int aborts;
    private TestRequest latest;

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

    void carries(TestRequest request) {
        latest = request;
    }

    /** The request that it was given last. */
    TestRequest latest() {
        return latest;
    }

    int goAways() {
        return goAways;
    }

    int aborts() {
        return aborts;
    }
}
