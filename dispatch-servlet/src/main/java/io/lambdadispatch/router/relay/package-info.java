/**
 * Moves the bytes of one request and its answer between a user and a channel, in both directions at once, at the pace of
 * the slower end, on servlet non-blocking I/O: no thread waits, and no body is ever whole in memory.
 *
 * <p>The four ends are named by what they carry: {@code userRequest} and {@code channelResponse} (the request on its way to the
 * instance), {@code channelRequest} and {@code userResponse} (the answer on its way back).
 */
package io.lambdadispatch.router.relay;
