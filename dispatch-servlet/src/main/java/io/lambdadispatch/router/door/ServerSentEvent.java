package io.lambdadispatch.router.door;

/** One event of a {@code text/event-stream}. */
public final class ServerSentEvent {
    private ServerSentEvent() {}

    /**
     * As text.
     *
     * @param data one line
     */
    public static String of(String name, String data) {
        return "event: " + name + "\ndata: " + data + "\n\n";
    }
}
