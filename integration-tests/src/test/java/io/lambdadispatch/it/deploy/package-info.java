/** What is in {@code deploy/}: templates that are checked here, property by property, and by tools of their own kind. */
package io.lambdadispatch.it.deploy;
