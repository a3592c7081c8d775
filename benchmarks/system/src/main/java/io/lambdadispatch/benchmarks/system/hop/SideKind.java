package io.lambdadispatch.benchmarks.system.hop;

/** What may stand between users and the app; on the command line by {@link #toString()}. */
enum SideKind {
    NGINX("nginx"),
    HAPROXY("haproxy"),
    HAPROXY_TWO_HOPS("haproxy-h2c"),
    PAIR("pair"),
    PAIR_TLS("pair-tls"),
    JETTY_PROXY("jetty-proxy"),
    ROUTER("router"),
    ROUTER_TLS("router-tls"),
    WAR_IN_JETTY("war-jetty"),
    WAR_IN_TOMCAT("war-tomcat");

    private final String key;

    SideKind(String key) {
        this.key = key;
    }

    boolean isHaProxy() {
        return this == HAPROXY || this == HAPROXY_TWO_HOPS || isPair();
    }

    /** Whether it is HAProxy's reverse HTTP: two hops of which the second one calls back. */
    boolean isPair() {
        return this == PAIR || this == PAIR_TLS;
    }

    boolean isLambdaDispatch() {
        return compareTo(ROUTER) >= 0;
    }

    /** The kind of pair that this one is measured by, if it is ours. */
    SideKind peer() {
        return this == ROUTER_TLS ? PAIR_TLS : PAIR;
    }

    @Override
    public String toString() {
        return key;
    }
}
