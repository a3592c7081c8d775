package io.lambdadispatch.it;

import org.junit.jupiter.api.Tag;

/** The WAR in an Apache Tomcat 11. */
@Tag("containers")
class WarTomcat11IT extends WarInTomcatIT {
    @Override
    protected WarContainer newContainer() {
        return new TomcatContainer("tomcat11.home");
    }
}
