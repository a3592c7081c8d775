package io.lambdadispatch.it.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void kubernetesTakesThem(boolean withPrometheus) throws IOException {
        Tool validate = Tool.linter("kubernetes-validate", "--version");
        String manifests = withPrometheus ? exampleWithPrometheus() : example();
        Path file = Files.writeString(directory.resolve("manifests.yaml"), manifests);
        String said = validate.run("--strict", file.toString());
        assertTrue(said.contains("passed for resource deployment/router"), said);
    }

    private static String kustomize(String path) {
        return Tool.named("kubectl", "version", "--client").run("kustomize", path);
    }

    private static String example() {
        return kustomize("deploy/kubernetes/example");
    }

    /** A copy of the example with the line that is a comment in it. */
    private String exampleWithPrometheus() throws IOException {
        Path copy = Files.createDirectories(directory.toRealPath().resolve("mine"));
        Path kubernetes = copy.relativize(Project.file("deploy/kubernetes").toRealPath());
        String example = Files.readString(Project.file("deploy/kubernetes/example/kustomization.yaml"));
        String mine = example.replace("# components: [", "components: [").replace("../", kubernetes + "/");
        assertTrue(mine.contains("\ncomponents: ["), mine);
        Files.writeString(copy.resolve("kustomization.yaml"), mine);
        return kustomize(copy.toString());
    }

    private static Node only(String kind, List<Node> documents) {
        return documents.stream()
                .filter(document -> document.at("kind").text().equals(kind))
                .reduce((one, another) -> {
                    throw new AssertionError("more than one " + kind);
                })
                .orElseThrow();
    }

    private static String settings(List<Node> documents) {
        return only("ConfigMap", documents).at("data").entries().keySet().stream()
                .sorted()
                .collect(Collectors.joining(" "));
    }

    /** The example sets what is a cluster's own, and nothing of the base is lost, left out, or what stood there in its place. */
    @Test
    void theExampleIsWhole() {
        String manifests = example();
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
        assertEquals(
                "LAMBDA_DISPATCH_AdminPort LAMBDA_DISPATCH_DrainDelay LAMBDA_DISPATCH_FunctionName LAMBDA_DISPATCH_ShutdownTimeout",
                settings(documents));
        List<Node> ingress = ingress(documents);
        assertEquals(2, ingress.size());
        assertInstancesOnly(ingress.get(1));
        assertFalse(manifests.contains("192.0.2."), "a network that is nobody's");
        assertFalse(manifests.contains("000000000000"), "an account that is nobody's");
    }

    private static List<Node> ingress(List<Node> documents) {
        return only("NetworkPolicy", documents).at("spec", "ingress").elements();
    }

    private static void assertInstancesOnly(Node rule) {
        assertEquals(5004, rule.at("ports").only().at("port").number());
        assertEquals(
                "10.0.64.0/18", rule.at("from").only().at("ipBlock", "cidr").text());
    }

    @Test
    void aPrometheusReachesOperatorsPortAndNothingElse() throws IOException {
        List<Node> documents =
                Node.documents("example", exampleWithPrometheus()).toList();
        assertEquals(
                "LAMBDA_DISPATCH_AdminBindAddress LAMBDA_DISPATCH_AdminPort LAMBDA_DISPATCH_DrainDelay"
                        + " LAMBDA_DISPATCH_FunctionName LAMBDA_DISPATCH_ShutdownTimeout",
                settings(documents));
        String operators = only("ConfigMap", documents)
                .at("data", "LAMBDA_DISPATCH_AdminPort")
                .text();
        List<Node> ingress = ingress(documents);
        assertEquals(3, ingress.size());
        assertInstancesOnly(ingress.get(1));
        assertEquals(operators, ingress.get(2).at("ports").only().at("port").text());
        assertEquals(
                Map.of("matchLabels", Map.of("kubernetes.io/metadata.name", "monitoring")),
                ingress.get(2).at("from").only().at("namespaceSelector").value());
        Node pod = only("Deployment", documents).at("spec", "template");
        assertEquals(
                Map.of(
                        "prometheus.io/scrape", "true",
                        "prometheus.io/port", operators,
                        "prometheus.io/path", "/metrics"),
                pod.at("metadata", "annotations").value());
        assertEquals(
                operators,
                pod.at("spec", "containers")
                        .only()
                        .at("ports")
                        .with("name", "operators")
                        .at("containerPort")
                        .text());
    }
}
