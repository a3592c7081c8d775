/**
 * AWS Lambda on one machine: the Invoke API for callers, the Runtime API for execution environments, which are real
 * child processes, and a meter of what AWS would have counted and billed.
 *
 * <p>{@link io.lambdadispatch.local.LocalLambda} is the door for tests in a JVM,
 * {@link io.lambdadispatch.local.LocalLambdaCommand} the one for the command line.
 */
package io.lambdadispatch.local;
