package io.lambdadispatch.cdk;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.services.ec2.IVpc;
import software.amazon.awscdk.services.ec2.SecurityGroup;
import software.amazon.awscdk.services.ec2.SubnetSelection;
import software.amazon.awscdk.services.ec2.SubnetType;
import software.amazon.awscdk.services.lambda.Architecture;
import software.amazon.awscdk.services.lambda.DockerImageCode;
import software.amazon.awscdk.services.lambda.DockerImageFunction;
import software.amazon.awscdk.services.lambda.IFunction;
import software.constructs.Construct;

/**
 * A Lambda function, from an image that has the app and the Lambda client, in the VPC of its routers. Its instances call, and
 * nobody calls them. A function made in another way will do as well for a {@link LambdaDispatchRouter}, if it is in the VPC.
 */
public final class LambdaDispatchFunction extends Construct {
    /** One vCPU. The client itself takes 60 to 90 MB. */
    private static final int MEMORY_MB = 1769;

    /** As long as Lambda lets an instance live: the longer, the fewer cold starts. */
    private static final int TIMEOUT_MINUTES = 15;

    private final SecurityGroup securityGroup;
    private final DockerImageFunction function;

    private LambdaDispatchFunction(Builder builder) {
        super(builder.scope, builder.id);
        IVpc vpc = Objects.requireNonNull(builder.vpc, "vpc");
        securityGroup = SecurityGroup.Builder.create(this, "SecurityGroup")
                .vpc(vpc)
                .description("Instances of the function; they call, and nobody calls them")
                .allowAllOutbound(true)
                .build();
        function = DockerImageFunction.Builder.create(this, "Function")
                .description("Instances of the app; they take requests from routers of Lambda Dispatch")
                .code(Objects.requireNonNull(builder.code, "code"))
                .architecture(builder.architecture)
                .memorySize(builder.memorySize)
                .timeout(builder.timeout)
                .environment(builder.environment)
                .vpc(vpc)
                .vpcSubnets(SubnetSelection.builder()
                        .subnetType(SubnetType.PRIVATE_WITH_EGRESS)
                        .build())
                .securityGroups(List.of(securityGroup))
                .build();
    }

    /** For {@link LambdaDispatchRouter.Builder#lambdaFunction}. */
    public IFunction function() {
        return function;
    }

    /** The instances' own, to be let in by the app's databases and services. */
    public SecurityGroup securityGroup() {
        return securityGroup;
    }

    /** Makes one; {@code vpc} and {@code code} are required. */
    public static final class Builder {
        private final Construct scope;
        private final String id;
        private IVpc vpc;
        private DockerImageCode code;
        private Architecture architecture = Architecture.ARM_64;
        private int memorySize = MEMORY_MB;
        private Duration timeout = Duration.minutes(TIMEOUT_MINUTES);
        private Map<String, String> environment = Map.of();

        private Builder(Construct scope, String id) {
            this.scope = scope;
            this.id = id;
        }

        /** Begins one. */
        public static Builder create(Construct scope, String id) {
            return new Builder(scope, id);
        }

        /** The routers' VPC; instances run in its private subnets, which need a way to what the app calls. */
        public Builder vpc(IVpc value) {
            vpc = value;
            return this;
        }

        /** The app's image, made like {@code docker/Dockerfile.lambda}. */
        public Builder code(DockerImageCode value) {
            code = value;
            return this;
        }

        /** What the image is for; ARM64 if nothing else is said. */
        public Builder architecture(Architecture value) {
            architecture = value;
            return this;
        }

        /** Memory of an instance, in MB; 1769 if nothing else is said, which is one vCPU. */
        public Builder memorySize(int value) {
            memorySize = value;
            return this;
        }

        /** How long an instance lives at most; 15 minutes if nothing else is said. */
        public Builder timeout(Duration value) {
            timeout = value;
            return this;
        }

        /** Variables of the app and of the Lambda client, such as {@code LAMBDA_DISPATCH_HEALTH_PATH}. */
        public Builder environment(Map<String, String> value) {
            environment = Map.copyOf(value);
            return this;
        }

        /** Adds it to its scope. */
        public LambdaDispatchFunction build() {
            return new LambdaDispatchFunction(this);
        }
    }
}
