/** The demo app: an ordinary HTTP app, on Jetty, whose routes show and test what a router in front of it must do. */
package io.lambdadispatch.demo;
