/**
 * Moves the bytes of one request and its response between a user and a channel, in both directions at once, at the pace of
 * the slower end: no thread waits, and no body is ever whole in memory.
 *
 * <p>It knows no servlet and no server. It stands on {@link io.lambdadispatch.router.relay.HttpEnd}, which each adapter
 * implements, and copies each body from one end to the other with a pump of its own.
 */
package io.lambdadispatch.router.relay;
