package io.lambdadispatch.cdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import software.amazon.awscdk.App;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.assertions.Template;
import software.amazon.awscdk.services.ec2.Vpc;
import software.amazon.awscdk.services.ecr.Repository;
import software.amazon.awscdk.services.ecs.Cluster;
import software.amazon.awscdk.services.ecs.ContainerImage;
import software.amazon.awscdk.services.lambda.DockerImageCode;

/** What the CDK makes of a stack. */
final class Synthesis {
    private final Template template;

    private Synthesis(Template template) {
        this.template = template;
    }

    /** The CDK for Java runs in Node.js; the test is skipped where there is none. */
    static void needsNode() throws InterruptedException {
        boolean isThere;
        try {
            isThere = new ProcessBuilder("node", "--version").start().waitFor() == 0;
        } catch (IOException e) {
            isThere = false;
        }
        assumeTrue(isThere, "the CDK is not tried: there is no Node.js here");
    }

    /** The template of a stack with a VPC, a cluster, and what the test adds. */
    static Synthesis of(Consumer<Surroundings> test) {
        Stack stack = new Stack(new App(), "Stack");
        Vpc vpc = Vpc.Builder.create(stack, "Vpc").maxAzs(2).build();
        test.accept(new Surroundings(
                stack, vpc, Cluster.Builder.create(stack, "Cluster").vpc(vpc).build()));
        return new Synthesis(Template.fromStack(stack));
    }

    static Synthesis of(Stack stack) {
        return new Synthesis(Template.fromStack(stack));
    }

    /** What constructs are added to. */
    record Surroundings(Stack stack, Vpc vpc, Cluster cluster) {
        LambdaDispatchFunction.Builder function() {
            return LambdaDispatchFunction.Builder.create(stack, "Function")
                    .vpc(vpc)
                    .code(DockerImageCode.fromEcr(Repository.fromRepositoryName(stack, "FunctionImages", "app")));
        }

        LambdaDispatchRouter.Builder router(LambdaDispatchFunction function) {
            return LambdaDispatchRouter.Builder.create(stack, "Router")
                    .cluster(cluster)
                    .lambdaFunction(function.function())
                    .image(ContainerImage.fromRegistry("router:1"));
        }
    }

    /** The types of all resources. */
    Set<String> types() {
        return Json.of(template.toJSON()).at("Resources").map(resource -> resource.at("Type")).values().stream()
                .map(Json::text)
                .collect(Collectors.toSet());
    }

    /** The properties of all resources of a type, by their logical ids. */
    Map<String, Json> all(String type) {
        return Json.of(template.findResources(type)).map(resource -> resource.at("Properties"));
    }

    /** The properties of the only resource of a type. */
    Json only(String type) {
        Map<String, Json> all = all(type);
        assertEquals(1, all.size(), () -> type + ": " + all.keySet());
        return all.values().iterator().next();
    }

    /** The only logical id with this beginning. */
    String idOf(String type, String prefix) {
        List<String> ids =
                all(type).keySet().stream().filter(id -> id.startsWith(prefix)).toList();
        assertEquals(1, ids.size(), () -> prefix + "…: " + ids);
        return ids.get(0);
    }
}
