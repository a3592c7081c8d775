package io.lambdadispatch.benchmarks.system.hop;

import io.lambdadispatch.benchmarks.system.JavaHeap;
import io.lambdadispatch.benchmarks.system.Processes;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** What stands between users and the app, running. Not safe for use by threads. */
interface Side extends AutoCloseable {
    /** What it is. */
    SideKind kind();

    /** For people. */
    String name();

    /** Where users enter, HTTP/1.1. */
    int port();

    /** Its own processes, hop by hop, users' first: neither the app's, nor what only starts them. */
    List<Processes> hops() throws IOException;

    /** Of the router's JVM. */
    default Optional<JavaHeap> heap() {
        return Optional.empty();
    }

    /** Tells why one of its processes has ended, if so. */
    void requireAlive() throws IOException;

    @Override
    void close();
}
