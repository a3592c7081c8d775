package io.lambdadispatch.benchmarks.system.hop;

import java.util.List;

/**
 * What users ask for.
 *
 * @param label for people
 * @param path at the app
 * @param connections users at once, each with a connection of his own
 * @param bodyBytes what each request brings along; 0 for a GET
 */
record Workload(String label, String path, int connections, int bodyBytes) {
    /** The body is in the answer again. */
    static final String ECHO = "/echo";

    /** The size of the reference's image, so that figures can be compared. */
    static final int IMAGE_BYTES = 168_161;

    static final int LARGE_BYTES = 9 * 1024 * 1024;

    static final List<Workload> ALL = List.of(
            new Workload("ping, 20 connections", "/ping", 20, 0),
            new Workload("ping, 100 connections", "/ping", 100, 0),
            new Workload("168 KB image, 20 connections", "/image.jpg", 20, 0),
            new Workload("168 KB echo, 20 connections", ECHO, 20, IMAGE_BYTES),
            new Workload("9 MB echo, 4 connections", ECHO, 4, LARGE_BYTES));

    boolean isEcho() {
        return path.equals(ECHO);
    }
}
