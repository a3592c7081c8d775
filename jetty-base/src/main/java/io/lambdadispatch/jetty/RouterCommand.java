package io.lambdadispatch.jetty;

import io.lambdadispatch.router.config.ConfigException;
import io.lambdadispatch.router.config.ConfigSources;
import io.lambdadispatch.router.config.ProcessSettings;
import java.nio.file.Path;
import java.util.Set;

/**
 * The command {@code bin/router}: {@code run}, which is also what it does without an argument, {@code check} and {@code stop}. Exit
 * codes: 0 when all went well, 1 when it did not, 2 when the arguments or the configuration are at fault.
 */
public final class RouterCommand {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int MISUSED = 2;

    /** Set by {@code bin/router}: where it is installed. */
    private static final String HOME_PROPERTY = "router.home";

    private static final Set<String> COMMANDS = Set.of("run", "check", "stop");

    private static final String USAGE = """
            usage: bin/router [run|check|stop]
              run    serves until it is asked to end by SIGTERM or SIGINT; the same without an argument
              check  says where each setting comes from, what is wrong, and what a router would do
              stop   asks the router with the same settings to end, and waits until it has
            Settings are environment variables LAMBDA_DISPATCH_<Setting>; docs/configuration.md explains them.""";

    private RouterCommand() {}

    /** Runs a router until the process is asked to end, checks what it would do, or stops another one. */
    public static void main(String[] args) {
        String command = args.length == 0 ? "run" : args[0];
        if (args.length > 1 || !COMMANDS.contains(command)) {
            System.err.println(USAGE);
            System.exit(MISUSED);
        }
        try {
            ConfigSources sources = ConfigSources.ofProcess();
            String home = System.getProperty(HOME_PROPERTY);
            Path installed = home == null ? null : Path.of(home);
            if (command.equals("stop")) {
                System.exit(new StopCommand(ProcessSettings.from(sources), installed).run());
            }
            if (command.equals("check")) {
                System.exit(new CheckCommand(sources, System.out, System.err).run());
            }
            new RunCommand(sources, installed).run();
        } catch (ConfigException e) {
            System.err.println(e.getMessage());
            System.exit(MISUSED);
        } catch (Exception e) {
            System.err.println((command.equals("run") ? "the router cannot start: " : "cannot " + command + ": ") + e);
            System.exit(FAILED);
        }
    }
}
