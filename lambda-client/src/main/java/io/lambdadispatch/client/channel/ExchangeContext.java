package io.lambdadispatch.client.channel;

import io.lambdadispatch.client.app.AppPool;
import io.lambdadispatch.client.app.Origin;
import io.lambdadispatch.client.io.Staging;
import io.lambdadispatch.client.router.ControlRequests;
import io.lambdadispatch.client.router.RouterConnection;
import io.lambdadispatch.protocol.HeadReader;
import java.io.IOException;

/**
 * What all exchanges of one invoke share.
 *
 * @param control makes requests to the router
 * @param origin who this instance is
 * @param app connections to the app
 * @param windows memory for big request bodies
 * @param staging where responses collect within one event
 * @param responseHead writes heads into channels
 * @param compression whether gzip is on
 * @param maxHeadBytes largest head of a request or a response, in bytes
 */
public record ExchangeContext(
        ControlRequests control,
        Origin origin,
        AppPool app,
        WindowBudget windows,
        Staging<IOException> staging,
        ChannelResponseHead responseHead,
        boolean compression,
        int maxHeadBytes) {
    private static final long WINDOW_BUDGET_BYTES = 24L * 1024 * 1024;
    private static final long BIG_WINDOW_BYTES = 1024 * 1024;

    public static ExchangeContext of(ControlRequests control, Origin origin, AppPool app, boolean compression) {
        return new ExchangeContext(
                control,
                origin,
                app,
                new WindowBudget(WINDOW_BUDGET_BYTES, BIG_WINDOW_BYTES - RouterConnection.INITIAL_WINDOW_BYTES),
                new Staging<>(),
                new ChannelResponseHead(HeadReader.DEFAULT_MAX_BYTES, origin.lambdaId()),
                compression,
                HeadReader.DEFAULT_MAX_BYTES);
    }
}
