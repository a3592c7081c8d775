package io.lambdadispatch.client.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Copies what the app writes to the log, each line in one write, on a thread of its own. */
final class AppOutput {
    private static final Logger LOG = LoggerFactory.getLogger(AppOutput.class);

    /** Longer lines are broken, so that an app which writes no line ends cannot fill the memory. */
    private static final int LONGEST_LINE_BYTES = 64 * 1024;

    private static final int PIECE_BYTES = 8 * 1024;

    private final InputStream output;
    private final OutputStream log;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private AppOutput(InputStream output, OutputStream log) {
        this.output = output;
        this.log = log;
    }

    /** Begins to copy; returns at once. */
    static AppOutput copy(InputStream output, OutputStream log) {
        AppOutput copied = new AppOutput(output, log);
        Thread reader = new Thread(copied::copyLines, "lambda-dispatch-app-output");
        reader.setDaemon(true);
        reader.start();
        return copied;
    }

    private void copyLines() {
        byte[] line = new byte[LONGEST_LINE_BYTES];
        int length = 0;
        try (output) {
            byte[] piece = new byte[PIECE_BYTES];
            for (int size = output.read(piece); size >= 0; size = output.read(piece)) {
                for (int i = 0; i < size; i++) {
                    line[length++] = piece[i];
                    if (piece[i] == '\n' || length == line.length) {
                        write(line, length);
                        length = 0;
                    }
                }
            }
        } catch (IOException e) {
            LOG.debug("output of the app", e);
        }
        write(line, length);
        ended.complete(null);
    }

    private void write(byte[] line, int length) {
        if (length == 0) {
            return;
        }
        boolean isEnded = line[length - 1] == '\n';
        byte[] whole = isEnded ? line : Arrays.copyOf(line, length + 1);
        if (!isEnded) {
            whole[length] = '\n';
        }
        try {
            log.write(whole, 0, isEnded ? length : length + 1);
            log.flush();
        } catch (IOException e) {
            LOG.debug("log of the app", e);
        }
    }

    /** Waits for the end of the output, which something that the app has left running may hold open for ever. */
    void awaitEnd(long longestMillis) {
        try {
            ended.get(longestMillis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.debug("the app has left something running that holds its output open");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
