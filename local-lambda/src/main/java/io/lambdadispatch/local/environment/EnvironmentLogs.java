package io.lambdadispatch.local.environment;

import io.lambdadispatch.local.config.LocalLambdaSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The output of all environments. Each process writes to a file of its own, which cannot block or break it whatever
 * happens to local-lambda; new lines of all the files are copied to one stream, each behind the environment's id, by one
 * thread that calls {@link #copyNewLines()} now and then.
 */
public final class EnvironmentLogs implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EnvironmentLogs.class);
    private static final int PIECE = 64 * 1024;
    private static final int LONGEST_LINE = 1024 * 1024;

    private final Path directory;
    private final boolean temporary;
    private final PrintStream screen;
    private final Map<String, Log> followed = new ConcurrentHashMap<>();

    /** @param screen where lines are copied to, {@code null} for nowhere */
    private EnvironmentLogs(Path directory, boolean temporary, PrintStream screen) {
        this.directory = directory;
        this.temporary = temporary;
        this.screen = screen;
    }

    public static EnvironmentLogs open(LocalLambdaSettings settings, PrintStream out) throws IOException {
        PrintStream screen = settings.showOutput() ? out : null;
        if (settings.logDirectory().isPresent()) {
            return new EnvironmentLogs(
                    Files.createDirectories(settings.logDirectory().get()), false, screen);
        }
        return new EnvironmentLogs(Files.createTempDirectory("local-lambda-"), true, screen);
    }

    /** The file for the output of a new environment, which is followed from now on. */
    Path fileFor(String function, String environmentId) {
        Path file = directory.resolve(function + "-" + environmentId + ".log");
        if (screen != null) {
            followed.put(environmentId, new Log(environmentId, file));
        }
        return file;
    }

    /** Copies what is left of a dead environment's output and follows it no more. */
    synchronized void finish(String environmentId) {
        Log log = followed.remove(environmentId);
        if (log != null) {
            log.copyNewLines();
            log.copyRest();
        }
        if (temporary) {
            // Long runs with many environments would fill the disk.
            deleteFiles("*-" + environmentId + ".log");
        }
    }

    synchronized void copyNewLines() {
        followed.values().forEach(Log::copyNewLines);
    }

    @Override
    public void close() {
        List.copyOf(followed.keySet()).forEach(this::finish);
        if (temporary) {
            deleteFiles("*");
            delete(directory);
        }
    }

    private void deleteFiles(String pattern) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, pattern)) {
            files.forEach(EnvironmentLogs::delete);
        } catch (IOException | DirectoryIteratorException e) {
            LOG.debug("cannot list old logs in {}", directory, e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.debug("cannot remove {}", file, e);
        }
    }

    private final class Log {
        private final String prefix;
        private final Path file;
        private long position;
        private String begun = "";

        Log(String environmentId, Path file) {
            this.prefix = "[" + environmentId + "] ";
            this.file = file;
        }

        void copyNewLines() {
            byte[] piece = new byte[PIECE];
            try (RandomAccessFile input = new RandomAccessFile(file.toFile(), "r")) {
                input.seek(position);
                for (int read = input.read(piece); read > 0; read = input.read(piece)) {
                    position += read;
                    // Bytes stay bytes: a character may be split between two pieces.
                    print(begun + new String(piece, 0, read, StandardCharsets.ISO_8859_1));
                }
            } catch (IOException e) {
                // Not there yet: the process has not been started.
                return;
            }
        }

        private void print(String text) {
            List<String> lines = new ArrayList<>(List.of(text.split("\n", -1)));
            begun = lines.remove(lines.size() - 1);
            lines.forEach(this::printLine);
            if (begun.length() > LONGEST_LINE) {
                copyRest();
            }
        }

        void copyRest() {
            if (!begun.isEmpty()) {
                printLine(begun);
                begun = "";
            }
        }

        private void printLine(String line) {
            byte[] bytes = (prefix + line + "\n").getBytes(StandardCharsets.ISO_8859_1);
            screen.write(bytes, 0, bytes.length);
            screen.flush();
        }
    }
}
