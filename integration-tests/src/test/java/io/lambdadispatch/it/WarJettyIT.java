package io.lambdadispatch.it;

import org.junit.jupiter.api.Test;

/** The WAR in an Eclipse Jetty. */
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
}
