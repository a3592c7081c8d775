package io.lambdadispatch.cdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.services.ecs.CpuArchitecture;

/** The template of a router and its function, property by property: as it is if nothing is said, and as it was said. */
class LambdaDispatchRouterTest {
    private static final String SERVICE = "AWS::ECS::Service";
    private static final String TASK = "AWS::ECS::TaskDefinition";
    private static final String TARGETS = "AWS::ElasticLoadBalancingV2::TargetGroup";
    private static final String GROUP = "AWS::EC2::SecurityGroup";

    private static Synthesis plain;
    private static Synthesis special;
    private static Synthesis functionAlone;

    @BeforeAll
    static void synthesize() throws InterruptedException {
        Synthesis.needsNode();
        plain = Synthesis.of(around -> around.router(around.function().build()).build());
        functionAlone = Synthesis.of(around -> around.function().build());
        special = Synthesis.of(around -> around.router(around.function().build())
                .cpu(512)
                .memoryLimitMiB(4096)
                .cpuArchitecture(CpuArchitecture.X86_64)
                .minCapacity(3)
                .maxCapacity(30)
                .targetCpuUtilizationPercent(70)
                .useFargateSpot(true)
                .drainDelay(Duration.seconds(15))
                .shutdownTimeout(Duration.minutes(1))
                .settings(Map.of("MaxConcurrentCount", "25", "FunctionMemoryMB", "1769"))
                .build());
    }

    private static Map<String, Object> attribute(String id, String name) {
        return Map.of("Fn::GetAtt", List.of(id, name));
    }

    private static Json container(Synthesis synthesis) {
        return synthesis.only(TASK).at("ContainerDefinitions").only();
    }

    private static Object setting(Synthesis synthesis, String name) {
        return container(synthesis)
                .at("Environment")
                .with("Name", "LAMBDA_DISPATCH_" + name)
                .at("Value")
                .value();
    }

    private static Object targetAttribute(Synthesis synthesis, String key) {
        return synthesis
                .only(TARGETS)
                .at("TargetGroupAttributes")
                .with("Key", key)
                .at("Value")
                .value();
    }

    /** Nothing comes in that the other tests do not look at. */
    @Test
    void aRouterAddsNothingElse() {
        Set<String> added = new TreeSet<>(plain.types());
        added.removeAll(functionAlone.types());
        assertEquals(
                Set.of(
                        "AWS::ApplicationAutoScaling::ScalableTarget",
                        "AWS::ApplicationAutoScaling::ScalingPolicy",
                        "AWS::EC2::SecurityGroupIngress",
                        "AWS::ECS::ClusterCapacityProviderAssociations",
                        "AWS::ECS::Service",
                        TASK,
                        TARGETS,
                        "AWS::IAM::Policy",
                        "AWS::Logs::LogGroup"),
                added);
    }

    @Test
    void sizeOfARouter() {
        assertEquals("1024", plain.only(TASK).at("Cpu").value());
        assertEquals("2048", plain.only(TASK).at("Memory").value());
        assertEquals("512", special.only(TASK).at("Cpu").value());
        assertEquals("4096", special.only(TASK).at("Memory").value());
    }

    @Test
    void architecture() {
        assertEquals(
                "ARM64",
                plain.only(TASK).at("RuntimePlatform", "CpuArchitecture").value());
        assertEquals(
                "X86_64",
                special.only(TASK).at("RuntimePlatform", "CpuArchitecture").value());
    }

    @Test
    void numberOfRouters() {
        String target = "AWS::ApplicationAutoScaling::ScalableTarget";
        assertEquals(2, plain.only(target).at("MinCapacity").number());
        assertEquals(10, plain.only(target).at("MaxCapacity").number());
        assertEquals(3, special.only(target).at("MinCapacity").number());
        assertEquals(30, special.only(target).at("MaxCapacity").number());
        assertFalse(plain.only(SERVICE).has("DesiredCount"), "scaling alone sets the count");
    }

    @Test
    void scalingByCpu() {
        for (Map.Entry<Synthesis, Integer> expected :
                Map.of(plain, 50, special, 70).entrySet()) {
            Json tracking = expected.getKey()
                    .only("AWS::ApplicationAutoScaling::ScalingPolicy")
                    .at("TargetTrackingScalingPolicyConfiguration");
            assertEquals(
                    "ECSServiceAverageCPUUtilization",
                    tracking.at("PredefinedMetricSpecification", "PredefinedMetricType")
                            .value());
            assertEquals(expected.getValue(), tracking.at("TargetValue").number());
            assertEquals(300, tracking.at("ScaleInCooldown").number());
            assertEquals(60, tracking.at("ScaleOutCooldown").number());
        }
    }

    @Test
    void fargateOrSpot() {
        assertEquals(
                "FARGATE",
                plain.only(SERVICE)
                        .at("CapacityProviderStrategy")
                        .only()
                        .at("CapacityProvider")
                        .value());
        assertEquals(
                "FARGATE_SPOT",
                special.only(SERVICE)
                        .at("CapacityProviderStrategy")
                        .only()
                        .at("CapacityProvider")
                        .value());
        assertEquals(
                List.of("FARGATE", "FARGATE_SPOT"),
                special.only("AWS::ECS::ClusterCapacityProviderAssociations")
                        .at("CapacityProviders")
                        .value());
    }

    @Test
    void aRouterMayInvokeTheOneFunctionAndNothingElse() {
        String function = plain.idOf("AWS::Lambda::Function", "Function");
        String role = plain.idOf("AWS::IAM::Role", "RouterTaskTaskRole");
        List<Json> ofRouters = plain.all("AWS::IAM::Policy").values().stream()
                .filter(policy -> policy.at("Roles").value().equals(List.of(Map.of("Ref", role))))
                .toList();
        assertEquals(1, ofRouters.size());
        Json statement = ofRouters.get(0).at("PolicyDocument", "Statement").only();
        assertEquals("Allow", statement.at("Effect").value());
        assertEquals("lambda:InvokeFunction", statement.at("Action").value());
        assertEquals(attribute(function, "Arn"), statement.at("Resource").value());
        assertFalse(plain.all("AWS::IAM::Role").get(role).has("ManagedPolicyArns"));
        assertEquals(attribute(role, "Arn"), plain.only(TASK).at("TaskRoleArn").value());
        assertEquals(attribute(function, "Arn"), setting(plain, "FunctionName"));
    }

    @Test
    void onlyInstancesReachTheControlPort() {
        String router = plain.idOf(GROUP, "RouterSecurityGroup");
        assertFalse(plain.all(GROUP).get(router).has("SecurityGroupIngress"));
        Json rule = plain.only("AWS::EC2::SecurityGroupIngress");
        assertEquals(attribute(router, "GroupId"), rule.at("GroupId").value());
        assertEquals(
                attribute(plain.idOf(GROUP, "FunctionSecurityGroup"), "GroupId"),
                rule.at("SourceSecurityGroupId").value());
        assertEquals("tcp", rule.at("IpProtocol").value());
        assertEquals(5004, rule.at("FromPort").number());
        assertEquals(5004, rule.at("ToPort").number());
    }

    @Test
    void routersReachHttpsOnly() {
        Json egress = plain.all(GROUP)
                .get(plain.idOf(GROUP, "RouterSecurityGroup"))
                .at("SecurityGroupEgress")
                .only();
        assertEquals("tcp", egress.at("IpProtocol").value());
        assertEquals(443, egress.at("FromPort").number());
        assertEquals(443, egress.at("ToPort").number());
    }

    @Test
    void routersFindTheirOwnAddress() {
        assertEquals("awsvpc", plain.only(TASK).at("NetworkMode").value());
        List<Object> names = container(plain).at("Environment").elements().stream()
                .map(variable -> variable.at("Name").value())
                .toList();
        assertFalse(names.contains("LAMBDA_DISPATCH_RouterCallbackHost"));
        assertEquals(
                "DISABLED",
                plain.only(SERVICE)
                        .at("NetworkConfiguration", "AwsvpcConfiguration", "AssignPublicIp")
                        .value());
    }

    @Test
    void aRouterHasNoRightsInItsContainer() {
        assertEquals("10001:10001", container(plain).at("User").value());
        assertEquals(true, container(plain).at("ReadonlyRootFilesystem").value());
        assertEquals(
                List.of("ALL"),
                container(plain).at("LinuxParameters", "Capabilities", "Drop").value());
        assertEquals(
                List.of(5001, 5004),
                container(plain).at("PortMappings").elements().stream()
                        .map(port -> port.at("ContainerPort").number())
                        .toList());
    }

    @Test
    void healthIsAskedForWhereTheRouterTellsIt() {
        Json targets = plain.only(TARGETS);
        assertEquals("/health", targets.at("HealthCheckPath").value());
        assertEquals("200", targets.at("Matcher", "HttpCode").value());
        assertEquals(5001, targets.at("Port").number());
        assertEquals("HTTP", targets.at("Protocol").value());
        assertEquals(2, targets.at("HealthyThresholdCount").number());
        assertEquals("ip", targets.at("TargetType").value());
        Json registered = plain.only(SERVICE).at("LoadBalancers").only();
        assertEquals(5001, registered.at("ContainerPort").number());
        assertEquals("router", registered.at("ContainerName").value());
    }

    @Test
    void aRouterHasTheTimeToLeave() {
        assertEquals("20s", setting(plain, "DrainDelay"));
        assertEquals("30s", setting(plain, "ShutdownTimeout"));
        assertEquals(75, container(plain).at("StopTimeout").number());
        assertEquals("15s", setting(special, "DrainDelay"));
        assertEquals("60s", setting(special, "ShutdownTimeout"));
        assertEquals(100, container(special).at("StopTimeout").number());
        Json targets = plain.only(TARGETS);
        assertEquals(5, targets.at("HealthCheckIntervalSeconds").number());
        assertEquals(3, targets.at("HealthCheckTimeoutSeconds").number());
        assertEquals(2, targets.at("UnhealthyThresholdCount").number());
        assertEquals("30", targetAttribute(plain, "deregistration_delay.timeout_seconds"));
        assertEquals("25", targetAttribute(special, "deregistration_delay.timeout_seconds"));
    }

    /** So that all queues are about equally long. */
    @Test
    void theRouterWithTheFewestRequestsGetsTheNext() {
        assertEquals("least_outstanding_requests", targetAttribute(plain, "load_balancing.algorithm.type"));
    }

    @Test
    void aDeploymentBringsTheNewOnesFirst() {
        Json deployment = plain.only(SERVICE).at("DeploymentConfiguration");
        assertEquals(100, deployment.at("MinimumHealthyPercent").number());
        assertEquals(200, deployment.at("MaximumPercent").number());
        assertEquals(
                Map.of("Enable", true, "Rollback", true),
                deployment.at("DeploymentCircuitBreaker").value());
        assertEquals(60, plain.only(SERVICE).at("HealthCheckGracePeriodSeconds").number());
    }

    @Test
    void settingsBecomeVariables() {
        assertEquals("25", setting(special, "MaxConcurrentCount"));
        assertEquals("1769", setting(special, "FunctionMemoryMB"));
    }

    /** Each user's connection is one. */
    @Test
    void aRouterMayOpenManyFiles() {
        assertEquals(
                Map.of("Name", "nofile", "SoftLimit", 65535, "HardLimit", 65535),
                container(plain).at("Ulimits").only().value());
    }

    /** That is to write the logs; a repository of ECR adds what fetches from it. */
    @Test
    void ecsMayStartARouterAndNothingElse() {
        String role = plain.idOf("AWS::IAM::Role", "RouterTaskExecutionRole");
        assertEquals(
                attribute(role, "Arn"), plain.only(TASK).at("ExecutionRoleArn").value());
        assertFalse(plain.all("AWS::IAM::Role").get(role).has("ManagedPolicyArns"));
        Json statement = plain.all("AWS::IAM::Policy").values().stream()
                .filter(policy -> policy.at("Roles").value().equals(List.of(Map.of("Ref", role))))
                .reduce((one, another) -> {
                    throw new AssertionError("more than one policy");
                })
                .orElseThrow()
                .at("PolicyDocument", "Statement")
                .only();
        assertEquals(
                List.of("logs:CreateLogStream", "logs:PutLogEvents"),
                statement.at("Action").value());
        assertEquals(
                attribute(plain.idOf("AWS::Logs::LogGroup", "RouterLogs"), "Arn"),
                statement.at("Resource").value());
    }

    @Test
    void logsAreKeptForAMonth() {
        assertEquals(
                "awslogs", container(plain).at("LogConfiguration", "LogDriver").value());
        String logs = plain.idOf("AWS::Logs::LogGroup", "RouterLogs");
        assertEquals(
                30,
                plain.all("AWS::Logs::LogGroup").get(logs).at("RetentionInDays").number());
        assertEquals(
                Map.of("Ref", logs),
                container(plain)
                        .at("LogConfiguration", "Options", "awslogs-group")
                        .value());
    }

    @Test
    void whatDoesNotFitTogetherIsRefused() {
        Synthesis unused = Synthesis.of(around -> {
            LambdaDispatchFunction function = around.function().build();
            assertRefused(around.router(function).minCapacity(5).maxCapacity(4), "minCapacity");
            assertRefused(around.router(function).drainDelay(Duration.seconds(5)), "drainDelay");
            assertRefused(around.router(function).shutdownTimeout(Duration.minutes(2)), "shutdownTimeout");
        });
    }

    private static void assertRefused(LambdaDispatchRouter.Builder builder, String what) {
        String message =
                assertThrows(IllegalArgumentException.class, builder::build).getMessage();
        assertTrue(message.contains(what), message);
    }
}
