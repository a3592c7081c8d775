package io.lambdadispatch.local;

import io.lambdadispatch.local.config.FunctionSettings;
import io.lambdadispatch.local.config.LocalLambdaSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line of local-lambda. Exit status 2 for bad options, 1 when it cannot start. */
@Command(
        name = "local-lambda",
        sortOptions = false,
        description =
                "AWS Lambda on one machine. Each option can also be given as the environment variable LOCAL_LAMBDA_"
                        + "<OPTION>, in capitals with _ for -.")
public final class LocalLambdaCommand implements Callable<Integer> {
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)");
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9-_]{1,64}");
    private static final int LONGEST_TIMEOUT_SECONDS = (int) FunctionSettings.LONGEST_TIMEOUT.toSeconds();

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "Address of the Invoke API (default ${DEFAULT-VALUE}); the Runtime API stays on 127.0.0.1.")
    private String host;

    @Option(
            names = "--port",
            defaultValue = "9001",
            description = "Port of the Invoke API, 0 for any free one (default ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--function",
            paramLabel = "NAME=COMMAND",
            description =
                    "A function and its bootstrap, with arguments; repeatable. Default: lambda-dispatch-demo, the demo app.")
    private List<String> functions = new ArrayList<>();

    @Mixin
    private PackageOptions packages = new PackageOptions();

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "900",
            description = "Time-out of an invoke, 1 to 900 (default ${DEFAULT-VALUE}).")
    private int timeout;

    @Option(
            names = "--concurrency",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Invokes of a function at once; more are throttled (default ${DEFAULT-VALUE}).")
    private int concurrency;

    @Option(
            names = "--cold-start",
            paramLabel = "MS",
            defaultValue = "0",
            description = "Extra delay before an environment's process starts (default ${DEFAULT-VALUE}).")
    private int coldStart;

    @Option(
            names = "--idle-timeout",
            paramLabel = "SECONDS",
            defaultValue = "300",
            description = "How long an environment may be idle before it is shut down (default ${DEFAULT-VALUE}).")
    private int idleTimeout;

    @Option(
            names = "--freeze",
            description = "Stop the processes of idle environments until their next invoke comes, as AWS does.")
    private boolean freeze;

    @Option(
            names = "--memory",
            paramLabel = "MB",
            defaultValue = "1769",
            description = "Memory size that functions are told, 128 to 10240 (default ${DEFAULT-VALUE}).")
    private int memory;

    @Option(
            names = "--env",
            paramLabel = "KEY=VALUE",
            description = "An environment variable for the functions; repeatable.")
    private List<String> variables = new ArrayList<>();

    @Option(
            names = "--log-dir",
            paramLabel = "DIRECTORY",
            description = "Keep each environment's output in a file there. Default: a temporary directory.")
    private Path logDirectory;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this.")
    @SuppressWarnings("unused") // picocli's
    private boolean help;

    private LocalLambdaCommand() {}

    /** Runs until SIGTERM or SIGINT. */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    static int run(String... args) {
        return new CommandLine(new LocalLambdaCommand())
                .setDefaultValueProvider(new EnvironmentDefaults(System.getenv()))
                .setParameterExceptionHandler(LocalLambdaCommand::tellFault)
                .execute(args);
    }

    private static int tellFault(ParameterException fault, String... args) {
        System.err.println("local-lambda: " + fault.getMessage());
        System.err.println("Try local-lambda --help");
        return CommandLine.ExitCode.USAGE;
    }

    /** The settings that {@code args} mean, for tests. */
    static LocalLambdaSettings settings(Map<String, String> environment, String... args) {
        LocalLambdaCommand command = new LocalLambdaCommand();
        new CommandLine(command)
                .setDefaultValueProvider(new EnvironmentDefaults(environment))
                .parseArgs(args);
        return command.settings();
    }

    @Override
    public Integer call() throws InterruptedException {
        LocalLambdaSettings settings = settings();
        try {
            LocalLambda lambda = LocalLambda.start(settings);
            Runtime.getRuntime().addShutdownHook(new Thread(lambda::close, "local-lambda-shutdown"));
            System.out.println("local-lambda listens on " + lambda.url());
            System.out.flush();
        } catch (IOException e) {
            System.err.println("local-lambda cannot start: " + reason(e));
            return 1;
        }
        new CountDownLatch(1).await();
        return 0;
    }

    private static String reason(Throwable failure) {
        return failure.getCause() == null
                ? failure.getMessage()
                : failure.getMessage() + ": " + reason(failure.getCause());
    }

    private LocalLambdaSettings settings() {
        check("--port", port, 0, 65_535);
        check("--timeout", timeout, 1, LONGEST_TIMEOUT_SECONDS);
        check("--concurrency", concurrency, 0, 100_000);
        check("--cold-start", coldStart, 0, 600_000);
        check("--idle-timeout", idleTimeout, 1, 86_400);
        check("--memory", memory, 128, 10_240);
        Map<String, String> environment = pairs("--env", variables);
        List<FunctionSettings> all = new ArrayList<>();
        commands().forEach((name, command) -> all.add(function(name, words(name, command), environment)));
        deployed(environment)
                .forEach((name, deployed) -> all.add(function(name, deployed.command(), deployed.environment())));
        LocalLambdaSettings settings = LocalLambdaSettings.of()
                .withFunctions(all)
                .withAddress(host, port)
                .withColdStartDelay(Duration.ofMillis(coldStart))
                .withIdleTimeout(Duration.ofSeconds(idleTimeout))
                .withFreezeIdle(freeze);
        return logDirectory == null ? settings : settings.withLogDirectory(logDirectory);
    }

    private FunctionSettings function(String name, List<String> command, Map<String, String> environment) {
        if (!NAME.matcher(name).matches()) {
            throw fault("not a function's name: '" + name + "' (letters, digits, - and _, at most 64)");
        }
        return FunctionSettings.of(name, command)
                .withEnvironment(environment)
                .withTimeout(Duration.ofSeconds(timeout))
                .withConcurrency(concurrency)
                .withMemoryMb(memory);
    }

    private Map<String, PackageOptions.Deployed> deployed(Map<String, String> environment) {
        try {
            return packages.deploy(home(), environment);
        } catch (IllegalArgumentException e) {
            throw fault(e.getMessage());
        }
    }

    private static Path home() {
        return Path.of(System.getProperty("local-lambda.home", ".")).toAbsolutePath();
    }

    private Map<String, String> commands() {
        return functions.isEmpty() && !packages.isEmpty()
                ? Map.of()
                : functions.isEmpty()
                        ? Map.of("lambda-dispatch-demo", demoBootstrap())
                        : pairs("--function", functions);
    }

    private String demoBootstrap() {
        Path bootstrap = home().resolve("demo").resolve("bootstrap");
        if (!Files.isExecutable(bootstrap)) {
            throw fault("--function is needed: the demo's bootstrap is not at " + bootstrap);
        }
        return "\"" + bootstrap + "\"";
    }

    private List<String> words(String function, String command) {
        if (!NAME.matcher(function).matches()) {
            throw fault("--function: not a function's name: '" + function + "' (letters, digits, - and _, at most 64)");
        }
        List<String> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(command);
        while (matcher.find()) {
            words.add(
                    matcher.group(1) != null
                            ? matcher.group(1)
                            : matcher.group(2) != null ? matcher.group(2) : matcher.group(3));
        }
        if (words.isEmpty()) {
            throw fault("--function " + function + " has no command");
        }
        return words;
    }

    private Map<String, String> pairs(String option, List<String> texts) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (String text : texts) {
            int equals = text.indexOf('=');
            if (equals < 1) {
                throw fault(option + ": not of the form NAME=VALUE: '" + text + "'");
            }
            pairs.put(text.substring(0, equals), text.substring(equals + 1));
        }
        return pairs;
    }

    private void check(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw fault(option + " must be " + least + " to " + most + ", not " + value);
        }
    }

    private ParameterException fault(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
