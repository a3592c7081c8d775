package io.lambdadispatch.it.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code deploy/aws/cloudformation/template.yaml}: who may reach and do what, and the times that belong together. */
class CloudFormationTest {
    private static final int USERS_PORT = 5001;
    private static final int CONTROL_PORT = 5004;

    /** For what a router does beside draining and finishing; docs/operations.md. */
    private static final int REST_S = 10;

    private static Node resources;

    @BeforeAll
    static void read() throws IOException {
        resources = Node.read(Project.file("deploy/aws/cloudformation/template.yaml"))
                .at("Resources");
    }

    private static Node resource(String name, String type) {
        Node resource = resources.at(name);
        assertEquals(type, resource.at("Type").text());
        return resource.at("Properties");
    }

    private static Stream<Node> ofType(String type) {
        return resources.entries().values().stream()
                .filter(resource -> resource.at("Type").text().equals(type));
    }

    private static Object ref(String name) {
        return Map.of("Ref", name);
    }

    private static Object attribute(String name) {
        return Map.of("Fn::GetAtt", name);
    }

    private static Node router() {
        return resource("RouterTask", "AWS::ECS::TaskDefinition")
                .at("ContainerDefinitions")
                .only();
    }

    private static List<String> settings() {
        return router().at("Environment").elements().stream()
                .map(variable -> variable.at("Name").text())
                .toList();
    }

    private static Object value(String setting) {
        return router().at("Environment")
                .with("Name", "LAMBDA_DISPATCH_" + setting)
                .at("Value")
                .value();
    }

    private static int seconds(String setting) {
        String text = (String) value(setting);
        assertTrue(text.matches("\\d+s"), text);
        return Integer.parseInt(text.substring(0, text.length() - 1));
    }

    private static int attributeSeconds(Node attributes, String key) {
        return attributes.with("Key", key).at("Value").number();
    }

    /** Nothing comes in that the other tests do not look at. */
    @Test
    void thereIsNothingElse() {
        assertEquals(
                Set.of(
                        "AWS::ApplicationAutoScaling::ScalableTarget",
                        "AWS::ApplicationAutoScaling::ScalingPolicy",
                        "AWS::EC2::SecurityGroup",
                        "AWS::EC2::SecurityGroupIngress",
                        "AWS::ECS::Cluster",
                        "AWS::ECS::ClusterCapacityProviderAssociations",
                        "AWS::ECS::Service",
                        "AWS::ECS::TaskDefinition",
                        "AWS::ElasticLoadBalancingV2::Listener",
                        "AWS::ElasticLoadBalancingV2::LoadBalancer",
                        "AWS::ElasticLoadBalancingV2::TargetGroup",
                        "AWS::IAM::Role",
                        "AWS::Lambda::Function",
                        "AWS::Logs::LogGroup"),
                resources.entries().values().stream()
                        .map(resource -> resource.at("Type").text())
                        .collect(Collectors.toSet()));
    }

    /** Everybody who may reach a port of routers; none may by a rule inside the group itself. */
    @Test
    void onlyTheBalancerReachesUsersPortAndOnlyInstancesTheControlPort() {
        Node group = resource("RouterSecurityGroup", "AWS::EC2::SecurityGroup");
        assertFalse(group.has("SecurityGroupIngress"), "rules are resources of their own");
        List<Node> rules = ofType("AWS::EC2::SecurityGroupIngress")
                .map(rule -> rule.at("Properties"))
                .toList();
        assertEquals(2, rules.size());
        for (Node rule : rules) {
            assertEquals(
                    attribute("RouterSecurityGroup.GroupId"), rule.at("GroupId").value());
            assertEquals("tcp", rule.at("IpProtocol").text());
            assertEquals(rule.at("FromPort").value(), rule.at("ToPort").value());
            assertFalse(rule.has("CidrIp"), "no address range");
        }
        assertEquals(
                attribute("BalancerSecurityGroup.GroupId"),
                rules.get(0).at("SourceSecurityGroupId").value());
        assertEquals(USERS_PORT, rules.get(0).at("FromPort").number());
        assertEquals(
                attribute("InstanceSecurityGroup.GroupId"),
                rules.get(1).at("SourceSecurityGroupId").value());
        assertEquals(CONTROL_PORT, rules.get(1).at("FromPort").number());
    }

    @Test
    void nobodyReachesInstances() {
        assertFalse(resource("InstanceSecurityGroup", "AWS::EC2::SecurityGroup").has("SecurityGroupIngress"));
        assertEquals(
                List.of(attribute("InstanceSecurityGroup.GroupId")),
                resource("Function", "AWS::Lambda::Function")
                        .at("VpcConfig", "SecurityGroupIds")
                        .value());
        assertEquals(0, ofType("AWS::Lambda::Permission").count());
        assertEquals(0, ofType("AWS::Lambda::Url").count());
    }

    @Test
    void theBalancerReachesRoutersOnly() {
        Node egress = resource("BalancerSecurityGroup", "AWS::EC2::SecurityGroup")
                .at("SecurityGroupEgress")
                .only();
        assertEquals(
                attribute("RouterSecurityGroup.GroupId"),
                egress.at("DestinationSecurityGroupId").value());
        assertEquals(USERS_PORT, egress.at("FromPort").number());
        assertEquals(USERS_PORT, egress.at("ToPort").number());
    }

    @Test
    void routersReachHttpsOnly() {
        Node egress = resource("RouterSecurityGroup", "AWS::EC2::SecurityGroup")
                .at("SecurityGroupEgress")
                .only();
        assertEquals("tcp", egress.at("IpProtocol").text());
        assertEquals(443, egress.at("FromPort").number());
        assertEquals(443, egress.at("ToPort").number());
    }

    @Test
    void aRouterMayInvokeTheOneFunctionAndNothingElse() {
        Node role = resource("RouterRole", "AWS::IAM::Role");
        assertFalse(role.has("ManagedPolicyArns"));
        assertEquals(0, ofType("AWS::IAM::Policy").count());
        assertEquals(0, ofType("AWS::IAM::ManagedPolicy").count());
        Node statement =
                role.at("Policies").only().at("PolicyDocument", "Statement").only();
        assertEquals("Allow", statement.at("Effect").text());
        assertEquals("lambda:InvokeFunction", statement.at("Action").value());
        assertEquals(attribute("Function.Arn"), statement.at("Resource").value());
        assertEquals(
                attribute("RouterRole.Arn"),
                resource("RouterTask", "AWS::ECS::TaskDefinition")
                        .at("TaskRoleArn")
                        .value());
        assertEquals(attribute("Function.Arn"), value("FunctionName"));
    }

    @Test
    void rolesAreTakenByTheirServicesOnly() {
        Map<String, String> services = Map.of(
                "RouterRole", "ecs-tasks.amazonaws.com",
                "ExecutionRole", "ecs-tasks.amazonaws.com",
                "FunctionRole", "lambda.amazonaws.com");
        assertEquals(services.size(), ofType("AWS::IAM::Role").count());
        services.forEach((role, service) -> assertEquals(
                Map.of("Service", service),
                resource(role, "AWS::IAM::Role")
                        .at("AssumeRolePolicyDocument", "Statement")
                        .only()
                        .at("Principal")
                        .value()));
    }

    /** That is to fetch the image and to write the logs. */
    @Test
    void ecsMayStartARouterAndNothingElse() {
        Node role = resource("ExecutionRole", "AWS::IAM::Role");
        assertEquals(
                Map.of(
                        "Fn::Sub",
                        "arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"),
                role.at("ManagedPolicyArns").only().value());
        assertFalse(role.has("Policies"));
        assertEquals(
                attribute("ExecutionRole.Arn"),
                resource("RouterTask", "AWS::ECS::TaskDefinition")
                        .at("ExecutionRoleArn")
                        .value());
    }

    /** Figures become CloudWatch metrics through the logs, and nobody reaches operators' port. */
    @Test
    void figuresComeThroughTheLogs() {
        assertEquals(ref("CloudWatchMetrics"), value("CloudWatchMetricsEnabled"));
        assertEquals(ref("FunctionMemory"), value("FunctionMemoryMB"));
        assertEquals(Map.of("Fn::If", List.of("OnArm", "0.0000133334", "0.0000166667")), value("PricePerGBSecond"));
        Node logs = router().at("LogConfiguration");
        assertEquals("awslogs", logs.at("LogDriver").text());
        assertEquals(ref("RouterLogs"), logs.at("Options", "awslogs-group").value());
        assertFalse(settings().contains("LAMBDA_DISPATCH_AdminPort"));
    }

    /** Each user's connection is one. */
    @Test
    void aRouterMayOpenManyFiles() {
        assertEquals(
                Map.of("Name", "nofile", "SoftLimit", 65535, "HardLimit", 65535),
                router().at("Ulimits").only().value());
    }

    /** The router asks the task metadata for it, which names one only in this mode, and only if nothing else is set. */
    @Test
    void routersFindTheirOwnAddress() {
        assertEquals(
                "awsvpc",
                resource("RouterTask", "AWS::ECS::TaskDefinition")
                        .at("NetworkMode")
                        .text());
        List<String> names = settings();
        assertFalse(names.contains("LAMBDA_DISPATCH_RouterCallbackHost"));
        assertFalse(names.contains("LAMBDA_DISPATCH_EnvVarForCallbackIp"));
        assertFalse(names.contains("K8S_POD_IP"));
    }

    @Test
    void aRouterHasNoRightsInItsContainer() {
        assertEquals("10001:10001", router().at("User").text());
        assertEquals(true, router().at("ReadonlyRootFilesystem").value());
        assertEquals(
                List.of("ALL"),
                router().at("LinuxParameters", "Capabilities", "Drop").value());
        assertFalse(router().has("Privileged"));
        List<Integer> ports = router().at("PortMappings").elements().stream()
                .map(port -> port.at("ContainerPort").number())
                .toList();
        assertEquals(List.of(USERS_PORT, CONTROL_PORT), ports);
    }

    @Test
    void nothingButTheBalancerHasAPublicAddress() {
        Node network = resource("RouterService", "AWS::ECS::Service").at("NetworkConfiguration", "AwsvpcConfiguration");
        assertEquals("DISABLED", network.at("AssignPublicIp").text());
        assertEquals(ref("PrivateSubnets"), network.at("Subnets").value());
        assertEquals(
                List.of(attribute("RouterSecurityGroup.GroupId")),
                network.at("SecurityGroups").value());
        assertEquals(
                ref("PrivateSubnets"),
                resource("Function", "AWS::Lambda::Function")
                        .at("VpcConfig", "SubnetIds")
                        .value());
        assertEquals(
                ref("PublicSubnets"),
                resource("Balancer", "AWS::ElasticLoadBalancingV2::LoadBalancer")
                        .at("Subnets")
                        .value());
    }

    @Test
    void healthIsAskedForWhereTheRouterTellsIt() {
        Node targets = resource("Routers", "AWS::ElasticLoadBalancingV2::TargetGroup");
        assertEquals("/health", targets.at("HealthCheckPath").text());
        assertEquals("200", targets.at("Matcher", "HttpCode").text());
        assertEquals(2, targets.at("HealthyThresholdCount").number());
        assertEquals("ip", targets.at("TargetType").text());
        assertEquals(USERS_PORT, targets.at("Port").number());
        Node service = resource("RouterService", "AWS::ECS::Service")
                .at("LoadBalancers")
                .only();
        assertEquals(USERS_PORT, service.at("ContainerPort").number());
        assertEquals(ref("Routers"), service.at("TargetGroupArn").value());
    }

    @Test
    void aRouterHasTheTimeToLeave() {
        int drain = seconds("DrainDelay");
        assertTrue(router().at("StopTimeout").number() > drain + seconds("ShutdownTimeout") + REST_S);
        Node targets = resource("Routers", "AWS::ElasticLoadBalancingV2::TargetGroup");
        int noticed = targets.at("HealthCheckIntervalSeconds").number()
                        * targets.at("UnhealthyThresholdCount").number()
                + targets.at("HealthCheckTimeoutSeconds").number();
        assertTrue(drain > noticed + 1, "new users are served until the balancer has noticed");
        Node attributes = targets.at("TargetGroupAttributes");
        assertTrue(attributeSeconds(attributes, "deregistration_delay.timeout_seconds") >= drain);
    }

    /** The default of IncomingRequestTimeout is 2 minutes. */
    @Test
    void whoWaitsForAnInstanceIsNotCutOffByTheBalancer() {
        Node attributes = resource("Balancer", "AWS::ElasticLoadBalancingV2::LoadBalancer")
                .at("LoadBalancerAttributes");
        assertTrue(attributeSeconds(attributes, "idle_timeout.timeout_seconds") > 120);
    }

    /** So that all queues are about equally long. */
    @Test
    void theRouterWithTheFewestRequestsGetsTheNext() {
        assertEquals(
                "least_outstanding_requests",
                resource("Routers", "AWS::ElasticLoadBalancingV2::TargetGroup")
                        .at("TargetGroupAttributes")
                        .with("Key", "load_balancing.algorithm.type")
                        .at("Value")
                        .text());
    }

    @Test
    void routersAreScaledByTheirCpu() {
        Node count = resource("RouterCount", "AWS::ApplicationAutoScaling::ScalableTarget");
        assertEquals(ref("MinRouters"), count.at("MinCapacity").value());
        assertEquals(ref("MaxRouters"), count.at("MaxCapacity").value());
        Node policy = resource("RouterScaling", "AWS::ApplicationAutoScaling::ScalingPolicy");
        assertEquals(ref("RouterCount"), policy.at("ScalingTargetId").value());
        Node tracking = policy.at("TargetTrackingScalingPolicyConfiguration");
        assertEquals(
                "ECSServiceAverageCPUUtilization",
                tracking.at("PredefinedMetricSpecification", "PredefinedMetricType")
                        .text());
        assertEquals(ref("RouterCpuTarget"), tracking.at("TargetValue").value());
        assertFalse(resource("RouterService", "AWS::ECS::Service").has("DesiredCount"), "scaling alone sets the count");
    }

    @Test
    void plainHttpOnlyLeadsToHttpsWhereThereIsACertificate() {
        Node action = resource("HttpListener", "AWS::ElasticLoadBalancingV2::Listener")
                .at("DefaultActions")
                .only()
                .at("Fn::If");
        assertEquals("HasNoCertificate", action.elements().get(0).text());
        assertEquals("redirect", action.elements().get(2).at("Type").text());
        assertEquals(
                "HasCertificate", resources.at("HttpsListener", "Condition").text());
    }
}
