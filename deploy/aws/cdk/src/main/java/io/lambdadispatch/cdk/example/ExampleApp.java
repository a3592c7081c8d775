package io.lambdadispatch.cdk.example;

import software.amazon.awscdk.App;

/** What {@code cdk synth} and {@code cdk deploy} run, by {@code cdk.json}. */
public final class ExampleApp {
    private ExampleApp() {}

    /** Writes the template to where the CDK has asked for it, or to a temporary directory. */
    public static void main(String[] args) {
        App app = new App();
        ExampleStack unused = new ExampleStack(app, "LambdaDispatchExample");
        app.synth();
    }
}
