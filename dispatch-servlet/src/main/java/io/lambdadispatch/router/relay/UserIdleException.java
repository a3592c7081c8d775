package io.lambdadispatch.router.relay;

import java.io.IOException;

/** A user neither sent nor took anything for too long. */
final class UserIdleException extends IOException {
    private static final long serialVersionUID = 1L;

    UserIdleException() {
        super("the user neither sent nor took anything for too long");
    }
}
