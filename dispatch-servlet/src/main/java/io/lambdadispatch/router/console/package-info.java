/** The page that shows operators what the router does: its files, who looks at it, and who may do more than look. */
package io.lambdadispatch.router.console;
