package io.lambdadispatch.jetty;

import io.lambdadispatch.router.config.ProcessSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code bin/router stop}: finds the router that runs with the same settings, asks it to end, and waits until it has. */
final class StopCommand {
    /** For what a stop costs beside its two times, on a slow machine. */
    private static final Duration MARGIN = Duration.ofSeconds(20);

    private static final long LOOK_AGAIN_MS = 50;

    private final ProcessSettings settings;
    private final Path home;
    private final PrintStream out = System.out;
    private final PrintStream err = System.err;

    /**
     * @param home where the router is installed; {@code null} when that is not known
     */
    StopCommand(ProcessSettings settings, Path home) {
        this.settings = settings;
        this.home = home;
    }

    /** The exit code; blocks until the router has ended, or should have. */
    int run() throws IOException, InterruptedException {
        Optional<Path> path = PidFile.locate(settings, home);
        if (path.isEmpty()) {
            return failed(
                    "there is no telling which router is meant: set PidFile, or the users' port, as when it was started");
        }
        try (PidFile file = PidFile.open(path.get())) {
            return stop(file);
        } catch (NoSuchFileException e) {
            return failed("no router with these settings is running: there is no " + path.get() + others(path.get()));
        } catch (AccessDeniedException e) {
            return failed(path.get() + " is another user's: stop that router as the user who runs it");
        }
    }

    private int stop(PidFile file) throws IOException, InterruptedException {
        OptionalLong pid = file.pid();
        if (file.tryLock()) {
            file.remove();
            return failed("no router with these settings is running: " + file + " was left behind by process "
                    + text(pid) + ", which did not end in order; removed");
        }
        Optional<ProcessHandle> process = pid.isPresent() ? ProcessHandle.of(pid.getAsLong()) : Optional.empty();
        if (process.isEmpty() || !isRouter(process.get())) {
            return failed(file + " is in use, but process " + text(pid)
                    + " is no router that can be seen from here: it may run in another container");
        }
        if (!process.get().destroy()) {
            return failed("process " + text(pid) + " cannot be told to end: it is another user's");
        }
        return await(file, text(pid));
    }

    /** Its command line may be hidden; then the lock on its file must do. */
    private static boolean isRouter(ProcessHandle process) {
        return process.info()
                .commandLine()
                .map(line -> line.contains(RouterCommand.class.getName()))
                .orElse(true);
    }

    private int await(PidFile file, String pid) throws IOException, InterruptedException {
        Duration longest = settings.shutdown()
                .drainDelay()
                .plus(settings.shutdown().timeout())
                .plus(MARGIN);
        long deadline = System.nanoTime() + longest.toNanos();
        while (!file.tryLock()) {
            if (System.nanoTime() - deadline >= 0) {
                return failed("the router, process " + pid + ", was told to end " + longest.toSeconds()
                        + " s ago and is still running");
            }
            Thread.sleep(LOOK_AGAIN_MS);
        }
        if (file.isInPlace()) {
            file.remove();
            return failed(
                    "the router, process " + pid + ", has ended, but not in order: its log tells what was cut off");
        }
        out.println("the router, process " + pid + ", has ended");
        return RouterCommand.DONE;
    }

    private static String text(OptionalLong pid) {
        return pid.isPresent() ? Long.toString(pid.getAsLong()) : "unknown";
    }

    /** Whoever stops a router with other settings than it was started with is shown what there is to stop. */
    private String others(Path missing) {
        Path directory = missing.getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            return "";
        }
        try (Stream<Path> files = Files.list(directory)) {
            List<String> names = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".pid"))
                    .sorted()
                    .toList();
            return names.isEmpty() ? "" : names.stream().collect(Collectors.joining(", ", " (there is: ", ")"));
        } catch (IOException e) {
            return "";
        }
    }

    private int failed(String why) {
        err.println(why);
        return RouterCommand.FAILED;
    }
}
