package io.lambdadispatch.benchmarks.system.hop;

import io.lambdadispatch.benchmarks.system.Build;
import io.lambdadispatch.benchmarks.system.Router;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** What a router runs in. */
@FunctionalInterface
interface RouterHost {
    /**
     * Starts it; it takes requests when this returns.
     *
     * @param lambdaUrl where it invokes
     * @param settings by their names in docs/configuration.md
     */
    Router start(Build build, String lambdaUrl, Map<String, String> settings, Path logs)
            throws IOException, InterruptedException;

    /** The packaged router, called back over h2c. */
    static Router standalone(Build build, String lambdaUrl, Map<String, String> settings, Path logs)
            throws IOException, InterruptedException {
        return Router.start(build, lambdaUrl, settings, Map.of(), logs);
    }

    /** The packaged router, called back over TLS as by default, with a certificate of its own making. */
    static Router standaloneWithTls(Build build, String lambdaUrl, Map<String, String> settings, Path logs)
            throws IOException, InterruptedException {
        Map<String, String> all = new HashMap<>(settings);
        all.putAll(Map.of(
                "ControlChannelHTTP2Port", "0",
                "ControlChannelInsecureHTTP2Port", "off",
                "AllowInsecureControlChannel", "false",
                "PreferredControlChannelScheme", "https",
                "AdminPort", "0"));
        Router router = Router.start(build, lambdaUrl, all, Map.of(), logs);
        Tls.require(router.controlTlsPort());
        return router;
    }
}
