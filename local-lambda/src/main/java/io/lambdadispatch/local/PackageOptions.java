package io.lambdadispatch.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options for functions that come as packages, and what they mean: a command, and variables, for each function. */
final class PackageOptions {
    @Option(
            names = "--package",
            paramLabel = "NAME=CODE",
            description = "A function as it is deployed: a zip file, or a directory, for /var/task; repeatable.")
    private Map<String, Path> packages = new LinkedHashMap<>();

    @Option(
            names = "--layer",
            paramLabel = "NAME=LAYER",
            description = "A layer of that function, for /opt; repeatable, later ones lie over earlier ones.")
    private List<String> layers = new ArrayList<>();

    @Option(
            names = "--runtime",
            paramLabel = "NAME=RUNTIME",
            description = "Its runtime: java17, java21, java25, nodejs24.x, provided.al2023, … (default provided).")
    private Map<String, String> runtimes = new LinkedHashMap<>();

    @Option(names = "--handler", paramLabel = "NAME=HANDLER", description = "Its handler (default bootstrap).")
    private Map<String, String> handlers = new LinkedHashMap<>();

    /** A function's bootstrap and its variables. */
    record Deployed(List<String> command, Map<String, String> environment) {}

    boolean isEmpty() {
        return packages.isEmpty();
    }

    /**
     * Lays all packages out.
     *
     * @param home local-lambda's own directory, which has the runtimes
     * @param environment of all functions
     * @throws IllegalArgumentException when an option names what is not there
     */
    Map<String, Deployed> deploy(Path home, Map<String, String> environment) {
        Map<String, List<Path>> layersOf = new HashMap<>();
        for (String layer : layers) {
            int equals = layer.indexOf('=');
            String name = equals < 1 ? layer : layer.substring(0, equals);
            requirePackage("--layer", name);
            layersOf.computeIfAbsent(name, unused -> new ArrayList<>()).add(Path.of(layer.substring(equals + 1)));
        }
        runtimes.keySet().forEach(name -> requirePackage("--runtime", name));
        handlers.keySet().forEach(name -> requirePackage("--handler", name));
        Map<String, Deployed> deployed = new LinkedHashMap<>();
        packages.forEach((name, code) ->
                deployed.put(name, deploy(name, code, layersOf.getOrDefault(name, List.of()), home, environment)));
        return deployed;
    }

    private void requirePackage(String option, String name) {
        if (!packages.containsKey(name)) {
            throw new IllegalArgumentException(option + ": there is no --package of the function '" + name + "'");
        }
    }

    private Deployed deploy(String name, Path code, List<Path> itsLayers, Path home, Map<String, String> environment) {
        String runtime = runtimes.getOrDefault(name, "provided");
        Path bootstrap = home.resolve("runtimes").resolve(family(runtime)).resolve("bootstrap");
        if (!Files.isExecutable(bootstrap)) {
            throw new IllegalArgumentException("--runtime " + name + ": " + runtime
                    + " is not here (expected: java…, nodejs…, provided…; looked for " + bootstrap + ")");
        }
        PackageLayout layout;
        try {
            Path directory = Files.createTempDirectory("local-lambda-" + name);
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(() -> PackageLayout.remove(directory), "local-lambda-packages"));
            layout = PackageLayout.of(code, itsLayers, directory);
        } catch (IOException e) {
            throw new IllegalArgumentException("--package " + name + ": " + e.getMessage(), e);
        }
        Map<String, String> variables = new HashMap<>();
        environment.forEach((key, value) -> variables.put(key, layout.translate(value)));
        variables.put("LAMBDA_TASK_ROOT", layout.task().toString());
        variables.put("LAMBDA_RUNTIME_DIR", bootstrap.getParent().toString());
        variables.put("LOCAL_LAMBDA_OPT", layout.opt().toString());
        variables.put("_HANDLER", handlers.getOrDefault(name, "bootstrap"));
        variables.put("AWS_EXECUTION_ENV", "AWS_Lambda_" + runtime);
        return new Deployed(List.of(bootstrap.toString()), variables);
    }

    /** One bootstrap serves all versions: {@code java17} and {@code java25} run on the Java that is here. */
    private static String family(String runtime) {
        for (String family : List.of("java", "nodejs", "provided")) {
            if (runtime.startsWith(family)) {
                return family;
            }
        }
        return "unknown";
    }
}
