package io.lambdadispatch.client.app;

import io.lambdadispatch.client.config.ClientConfig;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The app of this environment, which this client has started, or somebody else. Waiting for it is for one thread at a time;
 * the rest is thread-safe.
 */
public final class App {
    private final AppHealth health;

    /** {@code null} when somebody else has started it. */
    private final AppProcess process;

    private boolean served;

    private App(AppHealth health, AppProcess process) {
        this.health = health;
        this.process = process;
    }

    /**
     * Starts it if that is this client's business.
     *
     * @param log takes the app's output, line by line
     */
    public static App of(ClientConfig config, OutputStream log) {
        AppProcess process = config.appCommand()
                .map(command -> AppProcess.start(command, config.appPort(), log))
                .orElse(null);
        return new App(new AppHealth(config.appAddress(), config.healthPath()), process);
    }

    /**
     * Waits until it is healthy; once it was, it is taken to be for good.
     *
     * @return whether it is; {@code false} when the time ran out
     * @throws AppUnreachableError when it has ended instead
     */
    public boolean awaitHealthy(Duration longest) throws InterruptedException {
        boolean healthy = health.await(longest, this::mayServe);
        Optional<AppUnreachableError> death = death();
        if (death.isPresent()) {
            throw death.get();
        }
        if (healthy && !served && process != null) {
            process.serves();
            served = true;
        }
        return healthy;
    }

    private boolean mayServe() {
        return process == null || process.isAlive();
    }

    /** How it has ended, when it has. */
    public Optional<AppUnreachableError> death() {
        return mayServe() ? Optional.empty() : Optional.of(process.death());
    }

    /** Tells once when it ends by itself, as far as this client can know. */
    public void onDeath(Consumer<AppUnreachableError> told) {
        if (process != null) {
            process.onDeath(told);
        }
    }

    /** Whether a part of it is in the middle of its end; never of one that is not ours. */
    public boolean isEnding() {
        return process != null && process.isEnding();
    }

    /** Whether it ends within a moment, when nobody listens on its port any more; for one that is not ours that is the end. */
    public CompletableFuture<Boolean> endsSoon() {
        return process == null ? CompletableFuture.completedFuture(true) : process.endsSoon();
    }

    /** SIGTERM, and a wait for its end; only for an app that this client has started. */
    public void terminate(long longestMillis) {
        if (process != null) {
            process.terminate(longestMillis);
        }
    }
}
