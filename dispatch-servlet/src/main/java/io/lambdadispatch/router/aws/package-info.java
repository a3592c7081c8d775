/** AWS as the router sees it: the Lambda API behind the engine's port, and where this machine can be reached. */
package io.lambdadispatch.router.aws;
