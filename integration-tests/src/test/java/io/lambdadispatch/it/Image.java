package io.lambdadispatch.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * An image that is built and run without a container engine: each {@code RUN} line is run as it stands, by root, where
 * {@code /opt} is the image's; what it starts runs as its {@code USER}, with its {@code ENV} and nothing of this process's
 * environment, and can write to no file system but {@code /tmp}, if to that. This machine and the Java that tests stand for the base images.
 *
 * <p>{@code /opt} is one and the same for all stages, so a copy from one stage's to another's has nothing to do. A line that
 * calls Maven is run up to its phase {@code validate} only: this very build has packaged the same modules before.
 */
final class Image {
    private static final String COPY_OF_BUILD = "--from=build /src/";
    private static final String BASE_JAVA = System.getProperty("java.home");

    /** Whom a platform runs an image as that does not name a user, such as AWS Lambda. */
    private static final String ANYBODY = "10002:10002";

    /** The environment of a container has nothing of its host's. */
    private static final List<String> CLEAN = List.of("env", "-i", "PATH=/usr/bin:/bin");

    /** Lines that call Maven are the same in several images. */
    private static final Set<String> VALIDATED = ConcurrentHashMap.newKeySet();

    /** Whether {@code /tmp} can be written, as where a platform mounts something there. */
    enum Tmp {
        WRITABLE("tmp"),
        READ_ONLY("none");

        private final String word;

        Tmp(String word) {
            this.word = word;
        }
    }

    private final Dockerfile dockerfile;
    private final Path opt;

    private Image(Dockerfile dockerfile, Path opt) {
        this.dockerfile = dockerfile;
        this.opt = opt;
    }

    /** Why images cannot be built and run here; empty when they can. */
    static Optional<String> obstacle() throws IOException {
        Path empty = Files.createDirectories(Distributions.build().resolve("images/none"));
        CommandRun run = CommandRun.of(
                inImage("run", empty, ANYBODY, Tmp.WRITABLE.word, BASE_JAVA + "/bin/java", "-version"), Map.of());
        return run.exitCode() == 0
                ? Optional.empty()
                : Optional.of("no mount namespaces (only root has them), or no Java for everybody: " + run.output());
    }

    /**
     * Builds it.
     *
     * @param name what follows {@code Dockerfile.}
     */
    static Image build(String name) throws IOException {
        Path opt = Distributions.build().resolve("images").resolve(name);
        run(List.of("rm", "-rf", opt.toString()));
        Files.createDirectories(opt);
        Image image = new Image(Dockerfile.named("Dockerfile." + name), opt);
        for (Dockerfile.Instruction instruction : image.dockerfile.instructions()) {
            if (instruction.is("RUN")) {
                image.run(instruction.withoutOptions());
            } else if (instruction.is("COPY") && instruction.text().startsWith(COPY_OF_BUILD)) {
                image.copy(instruction.text().substring(COPY_OF_BUILD.length()).split("\\s+"));
            }
        }
        return image;
    }

    private void run(String line) throws IOException {
        if (line.startsWith("mvn ")) {
            if (!VALIDATED.add(line)) {
                return;
            }
            String root = Distributions.root().toString();
            run(List.of("sh", "-c", "cd '" + root + "' && " + line.replaceFirst("package$", "validate")));
        } else {
            run(inImage("build", opt, "sh", "-c", "PATH=" + BASE_JAVA + "/bin:$PATH; " + line));
        }
    }

    private void copy(String[] fromAndTo) throws IOException {
        Path to = opt.resolve(Path.of("/opt").relativize(Path.of(fromAndTo[1])));
        run(List.of("cp", "-a", Distributions.root().resolve(fromAndTo[0]).toString(), to.toString()));
    }

    private static void run(List<String> command) throws IOException {
        CommandRun run = CommandRun.of(command, Map.of());
        assertEquals(0, run.exitCode(), () -> command + ": " + run.output());
    }

    private static List<String> inImage(String step, Path opt, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Distributions.root()
                        .resolve("integration-tests/src/test/resources/image/in-image")
                        .toString(),
                step,
                opt.toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    /**
     * What starts it: its {@code ENTRYPOINT}.
     *
     * @param changes to the variables that the image sets
     */
    List<String> entryPoint(Tmp tmp, Map<String, String> changes) {
        return command(tmp, CLEAN, changes, dockerfile.command("ENTRYPOINT"));
    }

    /** As AWS Lambda starts it: in the function's environment, which is the one of whoever runs this. */
    List<String> entryPointOfFunction() {
        return command(Tmp.WRITABLE, List.of("env"), Map.of(), dockerfile.command("ENTRYPOINT"));
    }

    /** What says whether it is healthy: its {@code HEALTHCHECK}. */
    List<String> healthCheck(Map<String, String> changes) {
        return command(Tmp.READ_ONLY, CLEAN, changes, dockerfile.command("HEALTHCHECK"));
    }

    /** A command in a container of it, as {@code docker exec} and Kubernetes' probes run it. */
    List<String> exec(Tmp tmp, Map<String, String> changes, String... command) {
        return command(tmp, CLEAN, changes, List.of(command));
    }

    /** Where to put what somebody adds to it as {@code /opt/name}. */
    Path inOpt(String name) {
        return opt.resolve(name);
    }

    private List<String> command(Tmp tmp, List<String> env, Map<String, String> changes, List<String> command) {
        Map<String, String> variables = new TreeMap<>(Map.of("JAVA_HOME", BASE_JAVA));
        variables.putAll(dockerfile.environment());
        variables.putAll(changes);
        Stream<String> assignments =
                variables.entrySet().stream().map(variable -> variable.getKey() + '=' + variable.getValue());
        String[] arguments = Stream.of(
                        Stream.of(
                                dockerfile.has("USER") ? dockerfile.last("USER").text() : ANYBODY, tmp.word),
                        env.stream(),
                        assignments,
                        command.stream())
                .flatMap(words -> words)
                .toArray(String[]::new);
        return inImage("run", opt, arguments);
    }
}
