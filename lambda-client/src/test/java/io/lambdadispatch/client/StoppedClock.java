package io.lambdadispatch.client;

/** Time that passes when the test says so. */
final class StoppedClock implements Ticker {
    volatile long nanos;

    @Override
    public long now() {
        return nanos;
    }

    @Override
    public AutoCloseable start(Runnable tick) {
        return () -> {};
    }

    @Override
    public void close() {}
}
