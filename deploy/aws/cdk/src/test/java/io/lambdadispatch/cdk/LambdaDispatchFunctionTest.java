package io.lambdadispatch.cdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.services.lambda.Architecture;

/** The template of a function, property by property. */
class LambdaDispatchFunctionTest {
    private static final String FUNCTION = "AWS::Lambda::Function";
    private static final String GROUP = "AWS::EC2::SecurityGroup";

    private static Synthesis plain;
    private static Synthesis special;

    @BeforeAll
    static void synthesize() throws InterruptedException {
        Synthesis.needsNode();
        plain = Synthesis.of(around -> around.function().build());
        special = Synthesis.of(around -> around.function()
                .memorySize(512)
                .timeout(Duration.minutes(5))
                .architecture(Architecture.X86_64)
                .environment(Map.of("LAMBDA_DISPATCH_HEALTH_PATH", "/ready"))
                .build());
    }

    @Test
    void memory() {
        assertEquals(1769, plain.only(FUNCTION).at("MemorySize").number());
        assertEquals(512, special.only(FUNCTION).at("MemorySize").number());
    }

    @Test
    void timeout() {
        assertEquals(900, plain.only(FUNCTION).at("Timeout").number());
        assertEquals(300, special.only(FUNCTION).at("Timeout").number());
    }

    @Test
    void architecture() {
        assertEquals(List.of("arm64"), plain.only(FUNCTION).at("Architectures").value());
        assertEquals(
                List.of("x86_64"), special.only(FUNCTION).at("Architectures").value());
    }

    @Test
    void isAnImageWithItsEnvironment() {
        assertEquals("Image", special.only(FUNCTION).at("PackageType").value());
        assertEquals(
                Map.of("LAMBDA_DISPATCH_HEALTH_PATH", "/ready"),
                special.only(FUNCTION).at("Environment", "Variables").value());
    }

    @Test
    void isInTheVpcAndNobodyReachesIt() {
        String group = plain.idOf(GROUP, "FunctionSecurityGroup");
        assertEquals(
                List.of(Map.of("Fn::GetAtt", List.of(group, "GroupId"))),
                plain.only(FUNCTION).at("VpcConfig", "SecurityGroupIds").value());
        assertEquals(
                2, plain.only(FUNCTION).at("VpcConfig", "SubnetIds").elements().size());
        assertFalse(plain.all(GROUP).get(group).has("SecurityGroupIngress"));
        assertEquals(0, plain.all("AWS::EC2::SecurityGroupIngress").size());
        assertEquals(0, plain.all("AWS::Lambda::Permission").size());
    }
}
