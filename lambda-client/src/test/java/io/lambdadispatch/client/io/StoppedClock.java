package io.lambdadispatch.client.io;

/** Time that passes when the test says so. */
public final class StoppedClock implements Ticker {
    public volatile long nanos;

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
