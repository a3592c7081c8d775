package io.lambdadispatch.testkit;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What is logged while it is open. The tests' logger writes to the standard error stream, whichever that is at the time. */
public final class LogLines implements AutoCloseable {
    private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
    private final PrintStream before = System.err;

    private LogLines() {
        System.setErr(new PrintStream(new Both(), true, StandardCharsets.UTF_8));
    }

    /** Listens from now on. */
    public static LogLines listen() {
        return new LogLines();
    }

    private final class Both extends OutputStream {
        @Override
        public void write(int b) {
            lines.write(b);
            before.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int size) {
            lines.write(bytes, offset, size);
            before.write(bytes, offset, size);
        }
    }

    /** All of them. */
    public List<String> all() {
        return about("");
    }

    /**
     * Records that are warnings or worse: first lines, without the stack behind them. Not what the AWS SDK and a router's operator
     * are told of, because the routers of tests before are closed in the background.
     */
    public List<String> warnings() {
        return lines.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.contains(" WARN ") || line.contains(" ERROR "))
                .filter(line -> !line.contains(" software.amazon.") && !line.contains(" lambda-dispatch - "))
                .toList();
    }

    /** Records in which that stands. */
    public List<String> about(String text) {
        return lines.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.contains(text))
                .toList();
    }

    @Override
    public void close() {
        System.setErr(before);
    }
}
