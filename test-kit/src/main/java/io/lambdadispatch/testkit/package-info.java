/**
 * What the tests of more than one module need: a way to wait, ports, a user on a plain socket, readers of JSON and of logs. Nothing here
 * knows the project. Whatever waits has a deadline, and nothing sleeps.
 */
package io.lambdadispatch.testkit;
