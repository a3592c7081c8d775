package io.lambdadispatch.router.door;

import io.lambdadispatch.router.relay.HttpEnd;

/** What is behind a port. */
@FunctionalInterface
interface Door {
    /** Takes the exchange, and concludes it at some time. Does not block. */
    void enter(HttpEnd end);
}
