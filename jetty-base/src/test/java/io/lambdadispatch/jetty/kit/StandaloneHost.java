package io.lambdadispatch.jetty.kit;

import io.lambdadispatch.jetty.RouterServer;
import io.lambdadispatch.router.config.RouterConfig;
import io.lambdadispatch.router.engine.Pools;

/** The standalone router. */
final class StandaloneHost implements RouterHost {
    private final RouterServer server;

    StandaloneHost(RouterConfig config) throws Exception {
        server = RouterServer.start(config);
    }

    RouterServer server() {
        return server;
    }

    @Override
    public int usersPort() {
        return server.ports().usersHttp().orElseThrow();
    }

    @Override
    public Pools pools() {
        return server.router().pools();
    }

    @Override
    public void stop() throws Exception {
        server.stop();
    }
}
