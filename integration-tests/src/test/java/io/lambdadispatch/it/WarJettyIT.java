package io.lambdadispatch.it;

/** The WAR in an Eclipse Jetty. */
class WarJettyIT extends WarContainerIT {
    @Override
    protected WarContainer newContainer() {
        return new JettyHomeContainer();
    }
}
