package io.lambdadispatch.it.load;

/** What {@link ScriptedServer} does with a connection once it has answered. */
enum Ending {
    /** Nothing at all. */
    STAY,
    /** An orderly end. */
    CLOSE,
    /** RST. */
    RESET,
    /** The same answer for each further request. */
    SERVE_ON,
    /** Reads another request, and closes. */
    SERVE_ONE_READ_ONE
}
