package io.lambdadispatch.cdk.example;

import io.lambdadispatch.cdk.LambdaDispatchFunction;
import io.lambdadispatch.cdk.LambdaDispatchRouter;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.CfnOutput;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.ec2.Vpc;
import software.amazon.awscdk.services.ecr.IRepository;
import software.amazon.awscdk.services.ecr.Repository;
import software.amazon.awscdk.services.ecs.Cluster;
import software.amazon.awscdk.services.ecs.ContainerImage;
import software.amazon.awscdk.services.elasticloadbalancingv2.ApplicationListener;
import software.amazon.awscdk.services.elasticloadbalancingv2.ApplicationLoadBalancer;
import software.amazon.awscdk.services.elasticloadbalancingv2.BaseApplicationListenerProps;
import software.amazon.awscdk.services.lambda.DockerImageCode;
import software.constructs.Construct;

/**
 * A network, the demo app in AWS Lambda, routers, and a load balancer that users reach by plain HTTP. Both images must be in ECR
 * repositories of the account: {@code lambda-dispatch-demo} and {@code lambda-dispatch-router}.
 */
public final class ExampleStack extends Stack {
    /** More than the router's {@code IncomingRequestTimeout}: users who wait for an instance get its answer. */
    private static final int IDLE_TIMEOUT_S = 150;

    /** Adds it to an app. */
    public ExampleStack(Construct scope, String id) {
        super(scope, id);
        Vpc vpc = Vpc.Builder.create(this, "Vpc").maxAzs(2).natGateways(1).build();
        Cluster cluster = Cluster.Builder.create(this, "Cluster").vpc(vpc).build();

        LambdaDispatchFunction function = LambdaDispatchFunction.Builder.create(this, "Function")
                .vpc(vpc)
                .code(DockerImageCode.fromEcr(repository("lambda-dispatch-demo")))
                .build();
        LambdaDispatchRouter router = LambdaDispatchRouter.Builder.create(this, "Router")
                .cluster(cluster)
                .lambdaFunction(function.function())
                .image(ContainerImage.fromEcrRepository(repository("lambda-dispatch-router")))
                .settings(Map.of("MaxConcurrentCount", "10"))
                .build();

        ApplicationLoadBalancer balancer = ApplicationLoadBalancer.Builder.create(this, "Balancer")
                .vpc(vpc)
                .internetFacing(true)
                .idleTimeout(Duration.seconds(IDLE_TIMEOUT_S))
                .build();
        ApplicationListener unused = balancer.addListener(
                "Users",
                BaseApplicationListenerProps.builder()
                        .port(80)
                        .defaultTargetGroups(List.of(router.targetGroup()))
                        .build());
        CfnOutput unusedOutput = CfnOutput.Builder.create(this, "Url")
                .value("http://" + balancer.getLoadBalancerDnsName())
                .build();
    }

    private IRepository repository(String name) {
        return Repository.fromRepositoryName(this, name, name);
    }
}
