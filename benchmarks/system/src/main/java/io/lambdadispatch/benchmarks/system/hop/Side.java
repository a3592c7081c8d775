package io.lambdadispatch.benchmarks.system.hop;

import io.lambdadispatch.benchmarks.system.Processes;
import java.io.IOException;

/** What stands between users and the app, running. Not safe for use by threads. */
interface Side extends AutoCloseable {
    /** For people. */
    String name();

    /** Where users enter, HTTP/1.1. */
    int port();

    /** Its own processes: neither the app's, nor what only starts them. */
    Processes hops() throws IOException;

    /** Tells why one of its processes has ended, if so. */
    void requireAlive() throws IOException;

    @Override
    void close();
}
