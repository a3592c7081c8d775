package io.lambdadispatch.protocol;

/** A head did not end within the bytes that it may have (RFC 6585 §5: {@code 431} when it is a user's). */
public final class HeadTooLargeException extends ProtocolException {
    private static final long serialVersionUID = 1L;

    public HeadTooLargeException(int limitBytes) {
        super("head is larger than " + limitBytes + " bytes");
    }
}
