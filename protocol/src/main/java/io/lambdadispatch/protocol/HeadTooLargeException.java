package io.lambdadispatch.protocol;

/** A head has more bytes or more fields than it may have (RFC 6585 §5: {@code 431} when it is a user's). */
public final class HeadTooLargeException extends ProtocolException {
    private static final long serialVersionUID = 1L;

    private HeadTooLargeException(String message) {
        super(message);
    }

    static HeadTooLargeException ofBytes(int limit) {
        return new HeadTooLargeException("head is larger than " + limit + " bytes");
    }

    static HeadTooLargeException ofFields(int limit) {
        return new HeadTooLargeException("head has more than " + limit + " fields");
    }
}
