/**
 * The app on this machine: whether it is healthy, its process if the client has started it, and HTTP/1.1 connections to it. Knows
 * nothing of routers: what carries a request here is an {@link io.lambdadispatch.client.app.AppExchange}.
 */
package io.lambdadispatch.client.app;
