package io.lambdadispatch.it;

/** The WAR in an Apache Tomcat 10.1. */
class WarTomcatIT extends WarInTomcatIT {
    @Override
    protected WarContainer newContainer() {
        return new TomcatContainer("tomcat.home");
    }
}
