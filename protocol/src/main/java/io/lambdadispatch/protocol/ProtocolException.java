package io.lambdadispatch.protocol;

import java.io.IOException;

/** A peer, or a user, sent something that the wire does not allow. The message says what, and what was expected. */
public class ProtocolException extends IOException {
    private static final long serialVersionUID = 1L;

    public ProtocolException(String message) {
        super(message);
    }

    public ProtocolException(String message, Throwable cause) {
        super(message, cause);
    }
}
