/**
 * The wire between the router and its Lambda instances: the messages of an invoke, the paths and header names of the
 * control endpoint, and the HTTP/1.1 heads that travel inside a channel. Both halves depend on this package and on
 * nothing of each other.
 */
package io.lambdadispatch.protocol;
