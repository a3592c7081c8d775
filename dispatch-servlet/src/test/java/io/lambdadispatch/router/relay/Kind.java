package io.lambdadispatch.router.relay;

/** Of channels: what a client and a container make of them. */
enum Kind {
    /** One request after another. */
    REUSABLE,
    /** One request, whose end is the end of our side. */
    HALF_CLOSING,
    /** One request, and our side stays open until the response is there. */
    FRAMED;

    ChannelStream.Terms terms() {
        return new ChannelStream.Terms(isReusable(), this != HALF_CLOSING);
    }

    boolean isReusable() {
        return this == REUSABLE;
    }

    /** An instance asks for a channel. */
    MemoryEnd ask() {
        MemoryEnd channel = MemoryEnd.of("POST", "/api/chunked/request/i/c").withBody(RequestHead.UNKNOWN_LENGTH);
        return this == FRAMED ? channel.withoutHalfClose() : channel;
    }

    /** Sends the last piece of what that kind of channel carries. */
    void sendLast(MemoryEnd channel, String text) {
        channel.send(RelayRig.bytes(text), !isReusable());
    }

    /** A body of unknown length as it travels in such a channel. */
    String streamed(String... parts) {
        return isReusable() ? RelayRig.chunked(parts) : String.join("", parts);
    }

    /** The body of a request that has come whole through such a channel, its length not being known. */
    String plain(String body) {
        return this == HALF_CLOSING ? body : RelayRig.unchunked(body);
    }

    /** The head of a response whose length is not known. */
    String streamedHead() {
        return isReusable()
                ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-App: yes\r\n\r\n"
                : "HTTP/1.1 200 OK\r\nX-App: yes\r\n\r\n";
    }
}
