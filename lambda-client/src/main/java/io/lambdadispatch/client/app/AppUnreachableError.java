package io.lambdadispatch.client.app;

import java.io.IOError;
import java.io.IOException;

/**
 * The app cannot be reached, so this environment is of no use any more. It is an {@link IOError} because that is what makes
 * the AWS runtime interface client report the failed invoke and then leave its loop: the process ends and Lambda starts a
 * new one. Any lesser exception would fail the invoke and keep the environment.
 */
public final class AppUnreachableError extends IOError {
    private static final long serialVersionUID = 1L;

    public AppUnreachableError(String message) {
        super(new IOException(message));
    }

    /** Without the name of its cause, which is only there because an {@code IOError} must have one. */
    @Override
    public String getMessage() {
        return getCause().getMessage();
    }
}
