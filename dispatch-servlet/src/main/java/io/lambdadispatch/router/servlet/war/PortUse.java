package io.lambdadispatch.router.servlet.war;

/** Who comes in by a port. */
enum PortUse {
    USERS,
    INSTANCES
}
