package io.lambdadispatch.cdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.cdk.example.ExampleStack;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awscdk.App;

/** The example app: router, function and load balancer together. */
class ExampleTest {
    private static final String GROUP = "AWS::EC2::SecurityGroup";
    private static final String EGRESS = "AWS::EC2::SecurityGroupEgress";
    private static final String INGRESS = "AWS::EC2::SecurityGroupIngress";

    private static Synthesis example;

    @BeforeAll
    static void synthesize() throws InterruptedException {
        Synthesis.needsNode();
        example = Synthesis.of(new ExampleStack(new App(), "Example"));
    }

    private static Map<String, Object> group(String prefix) {
        return Map.of("Fn::GetAtt", List.of(example.idOf(GROUP, prefix), "GroupId"));
    }

    @Test
    void onlyTheBalancerReachesUsersPortAndOnlyInstancesTheControlPort() {
        assertFalse(example.all(GROUP)
                .get(example.idOf(GROUP, "RouterSecurityGroup"))
                .has("SecurityGroupIngress"));
        Map<Integer, Object> sources = new TreeMap<>();
        example.all(INGRESS).values().forEach(rule -> {
            assertEquals(group("RouterSecurityGroup"), rule.at("GroupId").value());
            assertEquals(rule.at("FromPort").number(), rule.at("ToPort").number());
            sources.put(
                    rule.at("FromPort").number(),
                    rule.at("SourceSecurityGroupId").value());
        });
        assertEquals(Map.of(5001, group("BalancerSecurityGroup"), 5004, group("FunctionSecurityGroup")), sources);
    }

    /** The example says in so many words that users come by plain HTTP. */
    @Test
    void usersComeFromAnywhereByPlainHttp() {
        assertEquals(
                "internet-facing",
                example.only("AWS::ElasticLoadBalancingV2::LoadBalancer")
                        .at("Scheme")
                        .value());
        Json listener = example.only("AWS::ElasticLoadBalancingV2::Listener");
        assertEquals(80, listener.at("Port").number());
        assertEquals("HTTP", listener.at("Protocol").value());
    }

    @Test
    void thereIsNothingButNetworkFunctionRoutersAndBalancer() {
        Set<String> network = Set.of(
                "AWS::EC2::EIP",
                "AWS::EC2::InternetGateway",
                "AWS::EC2::NatGateway",
                "AWS::EC2::Route",
                "AWS::EC2::RouteTable",
                GROUP,
                EGRESS,
                INGRESS,
                "AWS::EC2::Subnet",
                "AWS::EC2::SubnetRouteTableAssociation",
                "AWS::EC2::VPC",
                "AWS::EC2::VPCGatewayAttachment");
        Set<String> others = Set.of(
                "AWS::ApplicationAutoScaling::ScalableTarget",
                "AWS::ApplicationAutoScaling::ScalingPolicy",
                "AWS::ECS::Cluster",
                "AWS::ECS::ClusterCapacityProviderAssociations",
                "AWS::ECS::Service",
                "AWS::ECS::TaskDefinition",
                "AWS::ElasticLoadBalancingV2::Listener",
                "AWS::ElasticLoadBalancingV2::LoadBalancer",
                "AWS::ElasticLoadBalancingV2::TargetGroup",
                "AWS::IAM::Policy",
                "AWS::IAM::Role",
                "AWS::Lambda::Function",
                "AWS::Logs::LogGroup");
        Set<String> expected = new TreeSet<>(network);
        expected.addAll(others);
        assertEquals(expected, new TreeSet<>(example.types()));
    }

    @Test
    void theBalancerReachesRoutersOnly() {
        Json rule = example.only(EGRESS);
        assertEquals(group("BalancerSecurityGroup"), rule.at("GroupId").value());
        assertEquals(
                group("RouterSecurityGroup"),
                rule.at("DestinationSecurityGroupId").value());
        assertEquals(5001, rule.at("FromPort").number());
        assertEquals(5001, rule.at("ToPort").number());
    }

    @Test
    void theBalancerLeadsToRouters() {
        assertEquals(
                List.of(Map.of(
                        "TargetGroupArn",
                        Map.of("Ref", example.idOf("AWS::ElasticLoadBalancingV2::TargetGroup", "RouterTargets")),
                        "Type",
                        "forward")),
                example.only("AWS::ElasticLoadBalancingV2::Listener")
                        .at("DefaultActions")
                        .value());
    }

    @Test
    void whoWaitsForAnInstanceIsNotCutOffByTheBalancer() {
        int idle = Integer.parseInt(example.only("AWS::ElasticLoadBalancingV2::LoadBalancer")
                .at("LoadBalancerAttributes")
                .with("Key", "idle_timeout.timeout_seconds")
                .at("Value")
                .text());
        assertTrue(idle > 120, () -> "idle time-out of " + idle + " s");
    }
}
