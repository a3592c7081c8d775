package io.lambdadispatch.it;

/** The WAR in an Apache Tomcat 11. */
class WarTomcat11IT extends WarInTomcatIT {
    @Override
    protected WarContainer newContainer() {
        return new TomcatContainer("tomcat11.home");
    }
}
