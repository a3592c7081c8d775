package io.lambdadispatch.jetty.kit;

import io.lambdadispatch.router.config.RouterConfig;
import io.lambdadispatch.router.engine.Pools;

/** What a rig's router runs in. */
public interface RouterHost {
    /** Tag of tests that are run in each host. */
    String ANY = "any-host";

    /** Tag of those among them that hold for the standalone router only. */
    String STANDALONE_ONLY = "standalone-only";

    /** Tag of those that do not hold in Tomcat. */
    String NOT_IN_TOMCAT = "not-in-tomcat";

    /** Starts the one that the system property {@code kit.host} names: {@code standalone}, {@code jetty-war}, or {@code tomcat}. */
    static RouterHost start(RouterConfig config) throws Exception {
        return switch (System.getProperty("kit.host", "standalone")) {
            case "standalone" -> new StandaloneHost(config);
            case "jetty-war" -> new JettyWarHost(config);
            case "tomcat" -> new TomcatHost(config);
            default -> throw new IllegalArgumentException("kit.host: " + System.getProperty("kit.host"));
        };
    }

    /** Where users enter without TLS. */
    int usersPort();

    /** The router's pools. */
    Pools pools();

    /**
     * Has the container forget that somebody waits for more of the newest request's body, as Tomcat does when the last of it comes
     * at the wrong moment; Jetty does not.
     */
    default void forgetWhoReads() throws Exception {}

    /** Ends it. */
    void stop() throws Exception;
}
