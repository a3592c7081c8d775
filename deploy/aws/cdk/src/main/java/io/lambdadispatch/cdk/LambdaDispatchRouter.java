package io.lambdadispatch.cdk;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.services.applicationautoscaling.EnableScalingProps;
import software.amazon.awscdk.services.ec2.Peer;
import software.amazon.awscdk.services.ec2.Port;
import software.amazon.awscdk.services.ec2.SecurityGroup;
import software.amazon.awscdk.services.ec2.SubnetSelection;
import software.amazon.awscdk.services.ec2.SubnetType;
import software.amazon.awscdk.services.ecs.AwsLogDriverProps;
import software.amazon.awscdk.services.ecs.Capability;
import software.amazon.awscdk.services.ecs.CapacityProviderStrategy;
import software.amazon.awscdk.services.ecs.CfnService;
import software.amazon.awscdk.services.ecs.Cluster;
import software.amazon.awscdk.services.ecs.ContainerDefinitionOptions;
import software.amazon.awscdk.services.ecs.ContainerImage;
import software.amazon.awscdk.services.ecs.CpuArchitecture;
import software.amazon.awscdk.services.ecs.CpuUtilizationScalingProps;
import software.amazon.awscdk.services.ecs.DeploymentCircuitBreaker;
import software.amazon.awscdk.services.ecs.FargateService;
import software.amazon.awscdk.services.ecs.FargateTaskDefinition;
import software.amazon.awscdk.services.ecs.ICluster;
import software.amazon.awscdk.services.ecs.LinuxParameters;
import software.amazon.awscdk.services.ecs.LoadBalancerTargetOptions;
import software.amazon.awscdk.services.ecs.LogDriver;
import software.amazon.awscdk.services.ecs.OperatingSystemFamily;
import software.amazon.awscdk.services.ecs.PortMapping;
import software.amazon.awscdk.services.ecs.RuntimePlatform;
import software.amazon.awscdk.services.ecs.Ulimit;
import software.amazon.awscdk.services.ecs.UlimitName;
import software.amazon.awscdk.services.elasticloadbalancingv2.ApplicationProtocol;
import software.amazon.awscdk.services.elasticloadbalancingv2.ApplicationTargetGroup;
import software.amazon.awscdk.services.elasticloadbalancingv2.HealthCheck;
import software.amazon.awscdk.services.elasticloadbalancingv2.TargetGroupLoadBalancingAlgorithmType;
import software.amazon.awscdk.services.elasticloadbalancingv2.TargetType;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.lambda.IFunction;
import software.amazon.awscdk.services.logs.LogGroup;
import software.amazon.awscdk.services.logs.RetentionDays;
import software.constructs.Construct;

/**
 * Routers on ECS Fargate, scaled by their CPU, which may invoke one function and are reached by its instances and by a load
 * balancer, and by nobody else. Add {@link #targetGroup()} to a listener of an application load balancer of yours, whose idle
 * time-out should be more than the router's {@code IncomingRequestTimeout} (2 minutes).
 */
public final class LambdaDispatchRouter extends Construct {
    private static final int USERS_PORT = 5001;
    private static final int CONTROL_PORT = 5004;
    private static final String CONTAINER = "router";

    /** The router's own user in its image. */
    private static final String USER = "10001:10001";

    /** A balancer sees that a router leaves after two checks and the time for an answer. */
    private static final int CHECK_INTERVAL_S = 5;

    private static final int CHECK_TIMEOUT_S = 3;
    private static final int CHECKS = 2;

    /** Longer than that, and some more. */
    private static final int DRAIN_DELAY_S = 20;

    private static final int SHUTDOWN_TIMEOUT_S = 30;

    /** For what a router does beside draining and finishing. */
    private static final int REST_S = 25;

    /** The longest that Fargate waits before it kills. */
    private static final int LONGEST_STOP_S = 120;

    /** Each user's connection is one. */
    private static final int OPEN_FILES = 65_535;

    private final SecurityGroup securityGroup;
    private final FargateTaskDefinition taskDefinition;
    private final FargateService service;
    private final ApplicationTargetGroup targetGroup;

    private LambdaDispatchRouter(Builder builder) {
        super(builder.scope, builder.id);
        securityGroup = securityGroup(builder);
        taskDefinition = taskDefinition(builder);
        addContainer(builder);
        targetGroup = targetGroup(builder);
        service = service(builder);
        targetGroup.addTarget(service.loadBalancerTarget(LoadBalancerTargetOptions.builder()
                .containerName(CONTAINER)
                .containerPort(USERS_PORT)
                .build()));
        scale(builder);
    }

    private SecurityGroup securityGroup(Builder builder) {
        SecurityGroup group = SecurityGroup.Builder.create(this, "SecurityGroup")
                .vpc(builder.cluster.getVpc())
                .description("Routers of Lambda Dispatch")
                .allowAllOutbound(false)
                .build();
        group.addEgressRule(Peer.anyIpv4(), Port.tcp(443), "APIs of AWS; instances are never called");
        group.getConnections()
                .allowFrom(builder.lambdaFunction, Port.tcp(CONTROL_PORT), "Channels of the function's instances");
        return group;
    }

    private FargateTaskDefinition taskDefinition(Builder builder) {
        FargateTaskDefinition task = FargateTaskDefinition.Builder.create(this, "Task")
                .cpu(builder.cpu)
                .memoryLimitMiB(builder.memoryLimitMiB)
                .runtimePlatform(RuntimePlatform.builder()
                        .operatingSystemFamily(OperatingSystemFamily.LINUX)
                        .cpuArchitecture(builder.cpuArchitecture)
                        .build())
                .build();
        task.addToTaskRolePolicy(PolicyStatement.Builder.create()
                .actions(List.of("lambda:InvokeFunction"))
                .resources(List.of(builder.lambdaFunction.getFunctionArn()))
                .build());
        return task;
    }

    private void addContainer(Builder builder) {
        LogGroup logs = LogGroup.Builder.create(this, "Logs")
                .retention(RetentionDays.ONE_MONTH)
                .build();
        LinuxParameters linux = LinuxParameters.Builder.create(this, "Linux").build();
        linux.dropCapabilities(Capability.ALL);
        taskDefinition.addContainer(
                CONTAINER,
                ContainerDefinitionOptions.builder()
                        .containerName(CONTAINER)
                        .image(builder.image)
                        .user(USER)
                        .readonlyRootFilesystem(true)
                        .linuxParameters(linux)
                        .environment(builder.environment())
                        .stopTimeout(builder.stopTimeout())
                        .ulimits(List.of(Ulimit.builder()
                                .name(UlimitName.NOFILE)
                                .softLimit(OPEN_FILES)
                                .hardLimit(OPEN_FILES)
                                .build()))
                        .portMappings(List.of(port(USERS_PORT), port(CONTROL_PORT)))
                        .logging(LogDriver.awsLogs(AwsLogDriverProps.builder()
                                .logGroup(logs)
                                .streamPrefix(CONTAINER)
                                .build()))
                        .build());
    }

    private static PortMapping port(int port) {
        return PortMapping.builder().containerPort(port).build();
    }

    private ApplicationTargetGroup targetGroup(Builder builder) {
        return ApplicationTargetGroup.Builder.create(this, "Targets")
                .vpc(builder.cluster.getVpc())
                .targetType(TargetType.IP)
                .protocol(ApplicationProtocol.HTTP)
                .port(USERS_PORT)
                .loadBalancingAlgorithmType(TargetGroupLoadBalancingAlgorithmType.LEAST_OUTSTANDING_REQUESTS)
                .deregistrationDelay(
                        Duration.seconds(builder.drainDelay.toSeconds().intValue() + 10))
                .healthCheck(HealthCheck.builder()
                        .path("/health")
                        .healthyHttpCodes("200")
                        .interval(Duration.seconds(CHECK_INTERVAL_S))
                        .timeout(Duration.seconds(CHECK_TIMEOUT_S))
                        .healthyThresholdCount(CHECKS)
                        .unhealthyThresholdCount(CHECKS)
                        .build())
                .build();
    }

    private FargateService service(Builder builder) {
        if (builder.cluster instanceof Cluster own) {
            own.enableFargateCapacityProviders();
        }
        FargateService routers = FargateService.Builder.create(this, "Service")
                .cluster(builder.cluster)
                .taskDefinition(taskDefinition)
                .assignPublicIp(false)
                .vpcSubnets(SubnetSelection.builder()
                        .subnetType(SubnetType.PRIVATE_WITH_EGRESS)
                        .build())
                .securityGroups(List.of(securityGroup))
                .capacityProviderStrategies(List.of(CapacityProviderStrategy.builder()
                        .capacityProvider(builder.useFargateSpot ? "FARGATE_SPOT" : "FARGATE")
                        .weight(1)
                        .build()))
                // The new ones come before the old ones leave.
                .minHealthyPercent(100)
                .maxHealthyPercent(200)
                .circuitBreaker(DeploymentCircuitBreaker.builder()
                        .enable(true)
                        .rollback(true)
                        .build())
                .healthCheckGracePeriod(Duration.minutes(1))
                .build();
        // How many there are is the scaling's business, and an update shall not set it back.
        ((CfnService) routers.getNode().findChild("Service")).addPropertyDeletionOverride("DesiredCount");
        return routers;
    }

    private void scale(Builder builder) {
        service.autoScaleTaskCount(EnableScalingProps.builder()
                        .minCapacity(builder.minCapacity)
                        .maxCapacity(builder.maxCapacity)
                        .build())
                .scaleOnCpuUtilization(
                        "Cpu",
                        CpuUtilizationScalingProps.builder()
                                .targetUtilizationPercent(builder.targetCpuUtilizationPercent)
                                .scaleOutCooldown(Duration.minutes(1))
                                // A router that leaves takes its instances with it, so go in slowly.
                                .scaleInCooldown(Duration.minutes(5))
                                .build());
    }

    /** To be added to a listener; with that the listener's balancer may reach routers. */
    public ApplicationTargetGroup targetGroup() {
        return targetGroup;
    }

    /** The routers' service. */
    public FargateService service() {
        return service;
    }

    /** The routers' own. */
    public SecurityGroup securityGroup() {
        return securityGroup;
    }

    /** For more rights or containers. */
    public FargateTaskDefinition taskDefinition() {
        return taskDefinition;
    }

    /** Makes one; {@code cluster}, {@code lambdaFunction} and {@code image} are required. */
    public static final class Builder {
        private final Construct scope;
        private final String id;
        private ICluster cluster;
        private IFunction lambdaFunction;
        private ContainerImage image;
        private int cpu = 1024;
        private int memoryLimitMiB = 2048;
        private CpuArchitecture cpuArchitecture = CpuArchitecture.ARM64;
        private int minCapacity = 2;
        private int maxCapacity = 10;
        private int targetCpuUtilizationPercent = 50;
        private boolean useFargateSpot;
        private Duration drainDelay = Duration.seconds(DRAIN_DELAY_S);
        private Duration shutdownTimeout = Duration.seconds(SHUTDOWN_TIMEOUT_S);
        private Map<String, String> settings = Map.of();

        private Builder(Construct scope, String id) {
            this.scope = scope;
            this.id = id;
        }

        /** Begins one. */
        public static Builder create(Construct scope, String id) {
            return new Builder(scope, id);
        }

        /** Where routers run, in the private subnets of its VPC, which need a way to AWS's APIs. */
        public Builder cluster(ICluster value) {
            cluster = value;
            return this;
        }

        /** Which function, version or alias they invoke; it must be in a VPC from which it reaches routers. */
        public Builder lambdaFunction(IFunction value) {
            lambdaFunction = value;
            return this;
        }

        /** The router's image, made by {@code docker/Dockerfile.router}. */
        public Builder image(ContainerImage value) {
            image = value;
            return this;
        }

        /** CPU units of a router; 1024, if nothing else is said, are one vCPU. */
        public Builder cpu(int value) {
            cpu = value;
            return this;
        }

        /** Memory of a router, in MiB; 2048 if nothing else is said. */
        public Builder memoryLimitMiB(int value) {
            memoryLimitMiB = value;
            return this;
        }

        /** What the image is for; ARM64 if nothing else is said. */
        public Builder cpuArchitecture(CpuArchitecture value) {
            cpuArchitecture = value;
            return this;
        }

        /** Routers that there are at least; 2 if nothing else is said, so that one may fail or be replaced. */
        public Builder minCapacity(int value) {
            minCapacity = value;
            return this;
        }

        /** Routers that there are at most; 10 if nothing else is said. */
        public Builder maxCapacity(int value) {
            maxCapacity = value;
            return this;
        }

        /** How much of their CPU routers are to use, in percent; 50 if nothing else is said. */
        public Builder targetCpuUtilizationPercent(int value) {
            targetCpuUtilizationPercent = value;
            return this;
        }

        /** Whether they run on spare capacity, which is cheaper and can be taken away with two minutes' notice. */
        public Builder useFargateSpot(boolean value) {
            useFargateSpot = value;
            return this;
        }

        /** The router's {@code DrainDelay}; 20 s if nothing else is said. More than 13 s, or users meet a closed port. */
        public Builder drainDelay(Duration value) {
            drainDelay = value;
            return this;
        }

        /** The router's {@code ShutdownTimeout}; 30 s if nothing else is said. */
        public Builder shutdownTimeout(Duration value) {
            shutdownTimeout = value;
            return this;
        }

        /** More settings of the router by their names in {@code docs/configuration.md}, such as {@code MaxConcurrentCount}. */
        public Builder settings(Map<String, String> value) {
            settings = Map.copyOf(value);
            return this;
        }

        /**
         * Adds it to its scope.
         *
         * @throws IllegalArgumentException when what was set does not fit together
         */
        public LambdaDispatchRouter build() {
            check();
            return new LambdaDispatchRouter(this);
        }

        private void check() {
            Objects.requireNonNull(cluster, "cluster");
            Objects.requireNonNull(lambdaFunction, "lambdaFunction");
            Objects.requireNonNull(image, "image");
            require(minCapacity >= 1 && minCapacity <= maxCapacity, "1 <= minCapacity <= maxCapacity");
            int noticed = CHECK_INTERVAL_S * CHECKS + CHECK_TIMEOUT_S;
            require(drainDelay.toSeconds().intValue() > noticed, "drainDelay > " + noticed + " s");
            require(
                    stopTimeout().toSeconds().intValue() <= LONGEST_STOP_S,
                    "drainDelay + shutdownTimeout <= " + (LONGEST_STOP_S - REST_S) + " s, for Fargate waits no longer");
        }

        private static void require(boolean holds, String what) {
            if (!holds) {
                throw new IllegalArgumentException("expected: " + what);
            }
        }

        private Duration stopTimeout() {
            return drainDelay.plus(shutdownTimeout).plus(Duration.seconds(REST_S));
        }

        private Map<String, String> environment() {
            Map<String, String> variables = new HashMap<>();
            settings.forEach((name, value) -> variables.put("LAMBDA_DISPATCH_" + name, value));
            variables.put("LAMBDA_DISPATCH_FunctionName", lambdaFunction.getFunctionArn());
            variables.put("LAMBDA_DISPATCH_DrainDelay", drainDelay.toSeconds().intValue() + "s");
            variables.put(
                    "LAMBDA_DISPATCH_ShutdownTimeout",
                    shutdownTimeout.toSeconds().intValue() + "s");
            return variables;
        }
    }
}
