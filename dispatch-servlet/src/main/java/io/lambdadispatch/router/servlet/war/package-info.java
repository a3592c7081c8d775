/** The container as the router finds it: what can be seen from inside a web application, and what should be set otherwise. */
package io.lambdadispatch.router.servlet.war;
