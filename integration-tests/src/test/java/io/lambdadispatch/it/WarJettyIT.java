package io.lambdadispatch.it;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The WAR in an Eclipse Jetty 12.1, by our module. */
class WarJettyIT extends WarContainerIT {
    @Override
    protected WarContainer newContainer() {
        return new JettyHomeContainer();
    }

    /** Jetty lets nobody reach an application that it is undeploying, instances included. */
    @Test
    void usersWhoWaitForAColdStartWhenTheRouterIsUndeployedAreToldToComeBack() throws Exception {
        WarContainer left = newContainer();
        assertWaitingUsersAreToldToComeBack("-undeploy-cold", left, system -> left.undeploy());
    }

    @Override
    protected List<String> warningsOfACarelessContainer() {
        return List.of(
                "(ControlChannelHTTP2Port): give the container one",
                "idleTimeout of its ServerConnector is 30000, should be 900000 or more",
                "acceptQueueSize of its ServerConnector is 0, should be 1024 or more",
                "headerCacheSize of its HttpConfiguration is 1024, should be 0",
                "requestHeaderSize of its HttpConfiguration is 8192, should be 32768 or more",
                "maxEventRate of its HTTP2CServerConnectionFactory's rate control is 128, should be 10000 or more");
    }
}
