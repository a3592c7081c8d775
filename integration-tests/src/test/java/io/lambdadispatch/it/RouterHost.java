package io.lambdadispatch.it;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** What the router runs in. */
interface RouterHost {
    /**
     * Starts it as a process of its own.
     *
     * @param environment with the router's settings
     * @param logs where to leave what is worth a look after a failure
     */
    Service start(Map<String, String> environment, Path logs) throws IOException;

    /** Waits until it serves; the URL of its users' port. */
    String awaitUrl(Service router);
}
