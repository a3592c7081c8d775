package io.lambdadispatch.it;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What is Tomcat's own, whichever version it is. */
abstract class WarInTomcatIT extends WarContainerIT {
    /** Tomcat alone lets an application hear of its undeployment while it can still be reached. */
    @Test
    void usersWhoWaitForAColdStartWhenTheRouterIsUndeployedAreServed() throws Exception {
        WarContainer left = newContainer();
        assertWaitingUsersAreServed("-undeploy-cold", left, system -> left.undeploy());
    }

    @Override
    protected List<String> warningsOfACarelessContainer() {
        return List.of(
                "(ControlChannelHTTP2Port): give the container one",
                "relaxedQueryChars of its Connector is not set, should be \"<>[\\]^`{|}: ",
                "processorCache of its Connector is 200, should be 0",
                "acceptCount of its Connector is 100, should be 1024 or more",
                "maxHeaderCount of its Connector is 100, should be -1, or 1000 and more",
                "maxHeaderCount of its UpgradeProtocol is 100, should be -1, or 1000 and more",
                "useAsyncIO of its Connector is true, should be false",
                "maxHttpRequestHeaderSize of its Connector is 8192, should be 32768 or more",
                "connectionTimeout of its Connector is 60000, should be -1, or 120000 and more",
                "discardRequestsAndResponses of its UpgradeProtocol is false, should be true",
                "overheadCountFactor of its UpgradeProtocol is 10, should be 0",
                "streamReadTimeout of its UpgradeProtocol is 20000, should be -1, or 120000 and more");
    }
}
