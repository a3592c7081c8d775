package io.lambdadispatch.benchmarks.system.hop;

/** What users ask for; on the command line by {@link #toString()}. */
enum Workload {
    PING_20("ping-20", "ping, 20 connections", "/ping", 20, 0),
    PING_100("ping-100", "ping, 100 connections", "/ping", 100, 0),
    IMAGE("image", "168 KB image, 20 connections", "/image.jpg", 20, 0),
    ECHO("echo", "168 KB echo, 20 connections", Workload.ECHO_PATH, 20, Workload.IMAGE_BYTES),
    LARGE_ECHO("large-echo", "9 MB echo, 4 connections", Workload.ECHO_PATH, 4, 9 * 1024 * 1024);

    /** The size of the reference's image, so that figures can be compared. */
    static final int IMAGE_BYTES = 168_161;

    private static final String ECHO_PATH = "/echo";

    private final String key;
    private final String label;
    private final String path;
    private final int connections;
    private final int bodyBytes;

    Workload(String key, String label, String path, int connections, int bodyBytes) {
        this.key = key;
        this.label = label;
        this.path = path;
        this.connections = connections;
        this.bodyBytes = bodyBytes;
    }

    /** For people. */
    String label() {
        return label;
    }

    /** At the app. */
    String path() {
        return path;
    }

    /** Users at once, each with a connection of their own. */
    int connections() {
        return connections;
    }

    /** What each request brings along; 0 for a GET. */
    int bodyBytes() {
        return bodyBytes;
    }

    /** Whether the body is in the response again. */
    boolean isEcho() {
        return path.equals(ECHO_PATH);
    }

    @Override
    public String toString() {
        return key;
    }
}
