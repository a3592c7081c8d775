package io.lambdadispatch.it;

import org.junit.jupiter.api.Test;

/** The WAR in an Apache Tomcat. */
class WarTomcatIT extends WarContainerIT {
    @Override
    protected WarContainer newContainer() {
        return new TomcatContainer();
    }

    /** Tomcat alone lets an application hear of its undeployment while it can still be reached. */
    @Test
    void usersWhoWaitForAColdStartWhenTheRouterIsUndeployedAreServed() throws Exception {
        WarContainer left = newContainer();
        assertWaitingUsersAreServed("-undeploy-cold", left, system -> left.undeploy());
    }
}
