/**
 * Real small peers for the router's tests: a Lambda service that answers when told, an instance that follows a script, users who
 * speak HTTP byte by byte. All of them wait with a deadline and never sleep.
 */
package io.lambdadispatch.jetty.kit;
