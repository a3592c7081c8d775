package io.lambdadispatch.it;

/** The WAR in an Apache Tomcat. */
class WarTomcatIT extends WarContainerIT {
    @Override
    protected WarContainer newContainer() {
        return new TomcatContainer();
    }
}
