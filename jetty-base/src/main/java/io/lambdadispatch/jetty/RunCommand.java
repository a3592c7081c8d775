package io.lambdadispatch.jetty;

import io.lambdadispatch.router.config.ConfigSources;
import io.lambdadispatch.router.config.ProcessSettings;
import io.lambdadispatch.router.config.RouterConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code bin/router run}. */
final class RunCommand {
    private static final Logger LOG = LoggerFactory.getLogger("lambda-dispatch");

    private final ConfigSources sources;
    private final Path home;
    private final CompletableFuture<RouterServer> server = new CompletableFuture<>();
    private PidFile pidFile;

    /**
     * @param home where the router is installed; {@code null} when that is not known
     */
    RunCommand(ConfigSources sources, Path home) {
        this.sources = sources;
        this.home = home;
    }

    /** Returns never: the process ends when it is asked to. */
    void run() throws Exception {
        RouterConfig config = RouterConfig.from(sources);
        takePidFile(ProcessSettings.from(sources));
        Runtime.getRuntime().addShutdownHook(new Thread(this::end, "shutdown"));
        try {
            server.complete(RouterServer.start(config));
        } catch (Exception e) {
            removePidFile();
            server.completeExceptionally(e);
            throw e;
        }
        server.join().join();
    }

    /** A router runs without one as well, so only a file that somebody asked for is worth a failure. */
    private void takePidFile(ProcessSettings settings) throws IOException {
        Optional<Path> path = PidFile.locate(settings, home);
        if (path.isEmpty()) {
            return;
        }
        boolean isAskedFor = settings.shutdown().pidFile().isPresent();
        try {
            if (!isAskedFor) {
                Files.createDirectories(path.get().getParent());
            }
            pidFile = PidFile.take(path.get());
        } catch (IOException e) {
            if (isAskedFor) {
                throw e;
            }
            LOG.warn("bin/router stop will not find this router; set PidFile to change that ({})", e.toString());
        }
    }

    /**
     * A JVM that ends by a signal would exit with 143 however orderly it did: halting says what really happened. A router that is
     * asked to end while it starts does so when it has started.
     */
    private void end() {
        boolean isDone = false;
        try {
            isDone = server.get().shutDown().isNothing();
            if (isDone) {
                removePidFile();
            }
        } catch (ExecutionException e) {
            // It never started; whoever tried tells why, and exits.
            return;
        } catch (Exception e) {
            System.err.println("shutting down: " + e);
        }
        Runtime.getRuntime().halt(isDone ? RouterCommand.DONE : RouterCommand.FAILED);
    }

    private void removePidFile() throws IOException {
        if (pidFile != null) {
            pidFile.remove();
        }
    }
}
