package io.lambdadispatch.it.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What others' tools say about the templates. Skipped where they are not to be had; {@code deploy/lint-tools} installs them. */
class LintTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"deploy/aws/cloudformation/template.yaml", "deploy/sam/template.yaml"})
    void cloudFormationTakesIt(String template) {
        Tool.linter("cfn-lint", "--version").run("--include-checks", "I", "--", template);
    }

    @Test
    void dockerfilesAreInOrder() throws IOException {
        Tool hadolint = Tool.linter("hadolint", "--version");
        List<String> dockerfiles;
        try (Stream<Path> files = Files.list(Project.file("docker"))) {
            dockerfiles = files.map(Path::toString)
                    .filter(file -> file.contains("Dockerfile."))
                    .sorted()
                    .toList();
        }
        assertEquals(3, dockerfiles.size());
        hadolint.run(dockerfiles.toArray(String[]::new));
    }

    @Test
    void kubernetesTakesThem() throws IOException {
        Tool validate = Tool.linter("kubernetes-validate", "--version");
        String manifests = Tool.named("kubectl", "version", "--client").run("kustomize", "deploy/kubernetes/example");
        Path file = Files.writeString(directory.resolve("manifests.yaml"), manifests);
        String said = validate.run("--strict", file.toString());
        assertTrue(said.contains("passed for resource deployment/router"), said);
    }

    /** The example sets what is a cluster's own, and nothing of the base is lost or left out. */
    @Test
    void theExampleIsWhole() {
        String manifests = Tool.named("kubectl", "version", "--client").run("kustomize", "deploy/kubernetes/example");
        List<Node> documents = Node.documents("example", manifests).toList();
        assertEquals(
                List.of(
                        "ConfigMap",
                        "Deployment",
                        "HorizontalPodAutoscaler",
                        "NetworkPolicy",
                        "PodDisruptionBudget",
                        "Service",
                        "ServiceAccount"),
                documents.stream()
                        .map(document -> document.at("kind").text())
                        .sorted()
                        .toList());
        Node settings = documents.stream()
                .filter(document -> document.at("kind").text().equals("ConfigMap"))
                .findFirst()
                .orElseThrow();
        assertEquals(
                "LAMBDA_DISPATCH_DrainDelay LAMBDA_DISPATCH_FunctionName LAMBDA_DISPATCH_ShutdownTimeout",
                settings.at("data").entries().keySet().stream().sorted().collect(Collectors.joining(" ")));
    }
}
