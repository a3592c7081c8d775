package io.lambdadispatch.it.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code deploy/kubernetes/base}: who may reach and do what, and the times that belong together. */
class KubernetesTest {
    private static final Map<String, String> ROUTERS = Map.of("app.kubernetes.io/name", "lambda-dispatch-router");

    /** For what a router does beside draining and finishing; docs/operations.md. */
    private static final int REST_S = 10;

    private static Node manifest(String name) throws IOException {
        return Node.read(Project.file("deploy/kubernetes/base/" + name + ".yaml"));
    }

    private static Node pod() throws IOException {
        return manifest("deployment").at("spec", "template", "spec");
    }

    private static Node container() throws IOException {
        return pod().at("containers").only();
    }

    private static Map<String, String> settings() throws IOException {
        return manifest("kustomization").at("configMapGenerator").only().at("literals").elements().stream()
                .map(literal -> literal.text().split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
    }

    private static int seconds(String setting) throws IOException {
        String text = settings().get("LAMBDA_DISPATCH_" + setting);
        assertTrue(text.matches("\\d+s"), text);
        return Integer.parseInt(text.substring(0, text.length() - 1));
    }

    @Test
    void instancesCallBackToThePodItself() throws IOException {
        Node address = container().at("env").with("name", "K8S_POD_IP");
        assertEquals(
                "status.podIP", address.at("valueFrom", "fieldRef", "fieldPath").text());
        assertFalse(settings().containsKey("LAMBDA_DISPATCH_RouterCallbackHost"));
        assertFalse(pod().has("hostNetwork"));
        Node ports = manifest("service").at("spec", "ports");
        assertEquals("users", ports.only().at("targetPort").text(), "no Service leads to the control port");
    }

    /** Whether users are to come depends on users' port; whether the router lives, on one that no crowd of users keeps busy. */
    @Test
    void readinessIsAskedForOnUsersPortAndLivenessOnOperators() throws IOException {
        Node readiness = container().at("readinessProbe", "httpGet");
        assertEquals("/health", readiness.at("path").text());
        assertEquals("users", readiness.at("port").text());
        assertEquals(
                List.of("/opt/healthcheck", settings().get("LAMBDA_DISPATCH_AdminPort")),
                container().at("livenessProbe", "exec", "command").value());
        assertEquals(
                5001,
                container()
                        .at("ports")
                        .with("name", "users")
                        .at("containerPort")
                        .number());
    }

    @Test
    void aRouterHasTheTimeToLeave() throws IOException {
        int drain = seconds("DrainDelay");
        int grace = pod().at("terminationGracePeriodSeconds").number();
        assertTrue(grace > drain + seconds("ShutdownTimeout") + REST_S);
        assertFalse(
                container().has("lifecycle"),
                "a preStop would only keep SIGTERM from a router that serves on by itself");
        Node readiness = container().at("readinessProbe");
        int noticed = readiness.at("periodSeconds").number()
                        * readiness.at("failureThreshold").number()
                + readiness.at("timeoutSeconds").number();
        assertTrue(drain > noticed + 1, "new users are served until the probe has noticed");
        Node liveness = container().at("livenessProbe");
        assertTrue(
                liveness.at("periodSeconds").number()
                                * liveness.at("failureThreshold").number()
                        >= grace,
                "a router that is leaving is not killed for being unhealthy");
    }

    @Test
    void aRouterHasNoRightsInItsContainer() throws IOException {
        Node pod = pod().at("securityContext");
        assertEquals(true, pod.at("runAsNonRoot").value());
        assertEquals(10001, pod.at("runAsUser").number());
        assertEquals("RuntimeDefault", pod.at("seccompProfile", "type").text());
        Node container = container().at("securityContext");
        assertEquals(false, container.at("allowPrivilegeEscalation").value());
        assertEquals(true, container.at("readOnlyRootFilesystem").value());
        assertEquals(List.of("ALL"), container.at("capabilities", "drop").value());
        assertFalse(pod().has("volumes"), "nothing to write to");
    }

    @Test
    void itsAccountStandsForARoleOfAwsAndNothingInTheCluster() throws IOException {
        Node account = manifest("service-account");
        assertEquals(
                account.at("metadata", "name").text(),
                pod().at("serviceAccountName").text());
        assertTrue(account.at("metadata", "annotations", "eks.amazonaws.com/role-arn")
                .text()
                .startsWith("arn:aws:iam::"));
        assertEquals(false, account.at("automountServiceAccountToken").value());
        assertEquals(false, pod().at("automountServiceAccountToken").value());
    }

    /** It has neither TLS nor passwords. */
    @Test
    void nobodyReachesOperatorsPortOverTheNetwork() throws IOException {
        assertFalse(settings().containsKey("LAMBDA_DISPATCH_AdminBindAddress"), "127.0.0.1 is the default");
        assertEquals(
                List.of(5001, 5004),
                container().at("ports").elements().stream()
                        .map(port -> port.at("containerPort").number())
                        .toList());
    }

    @Test
    void onlyTheIngressReachesUsersPortAndOnlyInstancesTheControlPort() throws IOException {
        Node policy = manifest("network-policy").at("spec");
        assertEquals(ROUTERS, policy.at("podSelector", "matchLabels").value());
        assertEquals(List.of("Ingress", "Egress"), policy.at("policyTypes").value());
        List<Node> ingress = policy.at("ingress").elements();
        assertEquals(2, ingress.size());
        assertEquals(5001, ingress.get(0).at("ports").only().at("port").number());
        assertTrue(ingress.get(0).at("from").only().has("namespaceSelector"));
        assertEquals(5004, ingress.get(1).at("ports").only().at("port").number());
        assertTrue(ingress.get(1).at("from").only().has("ipBlock"));
    }

    @Test
    void routersReachNamesAndHttpsButNoMetadata() throws IOException {
        List<Node> egress = manifest("network-policy").at("spec", "egress").elements();
        assertEquals(2, egress.size());
        egress.get(0)
                .at("ports")
                .elements()
                .forEach(port -> assertEquals(53, port.at("port").number()));
        assertEquals(443, egress.get(1).at("ports").only().at("port").number());
        assertEquals(
                List.of("169.254.0.0/16"),
                egress.get(1).at("to").only().at("ipBlock", "except").value());
    }

    /** An empty selector would mean every pod of the namespace. */
    @Test
    void oneRouterLeavesAtATime() throws IOException {
        Node budget = manifest("disruption-budget").at("spec");
        assertEquals(1, budget.at("maxUnavailable").number());
        assertEquals(ROUTERS, budget.at("selector", "matchLabels").value());
        Node update = manifest("deployment").at("spec", "strategy", "rollingUpdate");
        assertEquals(0, update.at("maxUnavailable").number());
        assertEquals(1, update.at("maxSurge").number());
    }

    @Test
    void routersAreScaledByTheirCpu() throws IOException {
        Node scaler = manifest("autoscaler").at("spec");
        Node deployment = manifest("deployment");
        assertEquals(
                deployment.at("kind").text(),
                scaler.at("scaleTargetRef", "kind").text());
        assertEquals(
                deployment.at("metadata", "name").text(),
                scaler.at("scaleTargetRef", "name").text());
        Node metric = scaler.at("metrics").only().at("resource");
        assertEquals("cpu", metric.at("name").text());
        assertEquals("Utilization", metric.at("target", "type").text());
        assertTrue(container().at("resources", "requests").has("cpu"), "utilization is a share of what was requested");
        assertFalse(deployment.at("spec").has("replicas"), "the autoscaler alone sets the count");
    }
}
