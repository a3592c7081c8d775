package io.lambdadispatch.jetty.kit;

import io.lambdadispatch.router.assembly.Router;
import io.lambdadispatch.router.aws.LambdaClients;
import io.lambdadispatch.router.aws.SdkLambdaInvoker;
import io.lambdadispatch.router.config.RouterConfig;
import io.lambdadispatch.router.servlet.war.WarServlets;
import jakarta.servlet.ServletContext;
import java.net.URI;
import java.time.Clock;
import java.util.OptionalInt;
import java.util.Set;

/** A router as the web application has it, in a container whose ports are free ones. */
final class WarRouter implements AutoCloseable {
    private final SdkLambdaInvoker invoker;
    private final Router router;

    /**
     * @param controlPort where instances call back, in the clear
     */
    WarRouter(RouterConfig config, int controlPort) {
        URI callback = URI.create("http://127.0.0.1:" + controlPort + "/api/chunked");
        invoker = new SdkLambdaInvoker(
                LambdaClients.create(
                        config.lambdaServiceUrl(), config.function().region()),
                () -> callback,
                null,
                Clock.systemUTC());
        router = new Router(config, Set.of(controlPort), OptionalInt.empty(), invoker);
    }

    /** Adds its servlets. */
    void mount(ServletContext context) {
        WarServlets.mount(context, router);
    }

    Router router() {
        return router;
    }

    @Override
    public void close() {
        router.close();
        invoker.close();
    }
}
