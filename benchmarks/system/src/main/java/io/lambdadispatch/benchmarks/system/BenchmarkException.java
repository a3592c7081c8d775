package io.lambdadispatch.benchmarks.system;

/** What a benchmark cannot go on without; its message is for who runs it. */
public final class BenchmarkException extends Exception {
    private static final long serialVersionUID = 1;

    public BenchmarkException(String message) {
        super(message);
    }
}
