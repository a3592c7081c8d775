package io.lambdadispatch.router.servlet.war;

import io.lambdadispatch.router.config.RouterConfig;
import java.util.List;

/** A port that the container listens on. */
interface Connector {
    int port();

    boolean isSecure();

    boolean speaksHttp2();

    /** What should be set otherwise for that use; a sentence each. */
    List<String> shortcomings(PortUse use, RouterConfig config);
}
