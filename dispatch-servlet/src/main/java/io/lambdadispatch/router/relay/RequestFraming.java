package io.lambdadispatch.router.relay;

/** How a request inside a channel shows where it ends. */
enum RequestFraming {
    /** It has no body. */
    NONE,
    /** {@code Content-Length}. */
    COUNTED,
    /** Chunked (RFC 9112 §7.1): the length is unknown, and the channel's output stays open behind it. */
    CHUNKED,
    /** The end of the stream. */
    UNTIL_END
}
