/**
 * AWS CDK constructs: {@link io.lambdadispatch.cdk.LambdaDispatchFunction}, an app in AWS Lambda, and
 * {@link io.lambdadispatch.cdk.LambdaDispatchRouter}, the routers in front of it. As all of the CDK, they are for one thread.
 */
package io.lambdadispatch.cdk;
