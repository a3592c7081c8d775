/**
 * The client that runs inside AWS Lambda: it opens channels to the router that invoked it, carries the users' requests that
 * come through them to the app on this machine, and the responses back. {@link io.lambdadispatch.client.DispatchHandler} is the
 * entry. Its rooms, each of which knows only those to its right:
 *
 * <pre>
 * client ──▶ invoke ──▶ channel ──▶ app, router ──▶ io, config
 * </pre>
 *
 * <p>Threads: Lambda's own, which waits for the end of the invoke; one for all I/O, which owns channels, exchanges and
 * connections; one timer. No lock is held over I/O or a callback.
 */
package io.lambdadispatch.client;
