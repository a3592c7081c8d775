package io.lambdadispatch.demo;

/** A query parameter that cannot be used; the message tells the user why. */
final class BadQueryException extends Exception {
    private static final long serialVersionUID = 1;

    BadQueryException(String message) {
        super(message);
    }
}
