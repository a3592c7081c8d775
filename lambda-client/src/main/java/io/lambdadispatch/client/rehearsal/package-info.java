/**
 * The client's stage: AWS, a router and an app, as small as can be, for a client that runs as a process of its own. On it the
 * client is rehearsed, so that the JVM can archive what a start needs, and timed. No part of a running client.
 */
package io.lambdadispatch.client.rehearsal;
