package io.lambdadispatch.router.servlet.container;

/** Who comes in by a port. */
enum PortUse {
    USERS,
    INSTANCES
}
