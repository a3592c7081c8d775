/** The standalone router: the servlets of dispatch-servlet in an embedded Jetty that is set up for nothing else. */
package io.lambdadispatch.jetty;
