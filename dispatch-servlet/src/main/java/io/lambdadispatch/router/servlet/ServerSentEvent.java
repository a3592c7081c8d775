package io.lambdadispatch.router.servlet;

/** One event of a {@code text/event-stream}. */
final class ServerSentEvent {
    private ServerSentEvent() {}

    /**
     * As text.
     *
     * @param data one line
     */
    static String of(String name, String data) {
        return "event: " + name + "\ndata: " + data + "\n\n";
    }
}
