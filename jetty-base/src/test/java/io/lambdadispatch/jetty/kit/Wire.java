package io.lambdadispatch.jetty.kit;

/** Text as it travels. */
public final class Wire {
    private Wire() {}

    /** Start line and field lines, each with its line end, and the blank line. */
    public static String head(String... lines) {
        return String.join("\r\n", lines) + "\r\n\r\n";
    }
}
