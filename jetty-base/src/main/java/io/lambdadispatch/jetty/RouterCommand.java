package io.lambdadispatch.jetty;

import io.lambdadispatch.router.config.ConfigException;
import io.lambdadispatch.router.config.ConfigSources;
import io.lambdadispatch.router.config.RouterConfig;

/**
 * The command {@code bin/router}. Exit codes: 0 after an orderly end by SIGTERM or SIGINT, 1 when the router cannot start or
 * did not finish in time, 2 when its configuration is at fault.
 */
public final class RouterCommand {
    private static final int FAILED = 1;
    private static final int MISCONFIGURED = 2;

    private RouterCommand() {}

    /** Runs until the process is asked to end. */
    public static void main(String[] args) throws Exception {
        if (args.length > 0) {
            System.err.println("bin/router takes no arguments; settings are environment variables LAMBDA_DISPATCH_*");
            System.exit(MISCONFIGURED);
        }
        try {
            RouterServer server = RouterServer.start(RouterConfig.from(ConfigSources.ofProcess()));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(server), "shutdown"));
            server.join();
        } catch (ConfigException e) {
            System.err.println(e.getMessage());
            System.exit(MISCONFIGURED);
        } catch (Exception e) {
            System.err.println("the router cannot start: " + e);
            System.exit(FAILED);
        }
    }

    /** A JVM that ends by a signal would exit with 143 however orderly it did: halting says what really happened. */
    private static void end(RouterServer server) {
        boolean isDone = false;
        try {
            isDone = server.shutDown();
        } catch (Exception e) {
            System.err.println("shutting down: " + e);
        } finally {
            Runtime.getRuntime().halt(isDone ? 0 : FAILED);
        }
    }
}
