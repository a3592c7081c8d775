package io.lambdadispatch.client;

import java.io.IOException;

/**
 * What all exchanges of one invoke share.
 *
 * @param control makes requests to the router, and knows who this instance is
 * @param app connections to the app
 * @param windows memory for big request bodies
 * @param staging where responses collect within one event
 * @param responseHead writes heads into channels
 * @param compression whether gzip is on
 * @param maxHeadBytes largest head of a request or a response, in bytes
 */
record ExchangeContext(
        ControlRequests control,
        AppPool app,
        WindowBudget windows,
        Staging<IOException> staging,
        ChannelResponseHead responseHead,
        boolean compression,
        int maxHeadBytes) {}
