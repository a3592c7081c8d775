/**
 * The connections to the router: HTTP/2, TLS with a pin, heartbeats, and the control requests of an invoke. Knows nothing of what
 * channels carry.
 */
package io.lambdadispatch.client.router;
