package io.lambdadispatch.benchmarks.system.hop;

import io.lambdadispatch.benchmarks.system.BenchmarkException;
import io.lambdadispatch.benchmarks.system.Build;
import io.lambdadispatch.benchmarks.system.Ports;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How all sides are started.
 *
 * @param kinds those that are
 * @param builds whose routers and clients
 * @param haproxies null when no kind needs them
 * @param key of ports with TLS
 */
record Sides(Set<SideKind> kinds, List<Build> builds, Nginx nginx, HaProxies haproxies, HopKey key, Path logs) {
    private static final String OURS = "Lambda Dispatch, ";

    /** Copies the list and the set. */
    Sides {
        kinds = Set.copyOf(kinds);
        builds = List.copyOf(builds);
    }

    /** Fails when something of ours is missing. */
    void requireBuilds() throws IOException, BenchmarkException {
        if (builds.stream().map(Sides::label).distinct().count() < builds.size()) {
            throw new BenchmarkException("two checkouts have the same name: " + builds);
        }
        for (Build build : builds) {
            build.router();
            build.client();
        }
        if (kinds.contains(SideKind.WAR_IN_JETTY)) {
            require(Containers.jetty());
        }
        if (kinds.contains(SideKind.WAR_IN_TOMCAT)) {
            require(Containers.tomcat());
        }
    }

    /**
     * Starts them, and adds them to {@code started} one by one, so that whoever closes them knows them, should one fail to start.
     *
     * @param health path at the app that tells that it is well
     */
    void start(int app, String health, List<Side> started)
            throws IOException, InterruptedException, BenchmarkException {
        for (SideKind kind : SideKind.values()) {
            if (!kinds.contains(kind)) {
                continue;
            }
            if (kind.isPair()) {
                for (HaProxy pair : haproxies.pairs()) {
                    started.add(kind == SideKind.PAIR ? pair.startReverse(app) : pair.startReverseWithTls(app, key));
                }
            } else if (kind.isLambdaDispatch()) {
                for (Build build : builds) {
                    started.add(ours(kind, build, app, health));
                }
            } else {
                started.add(proxy(kind, app));
            }
        }
    }

    private Side proxy(SideKind kind, int app) throws IOException, InterruptedException {
        if (kind == SideKind.NGINX) {
            return nginx.startProxy(app);
        }
        if (kind == SideKind.HAPROXY) {
            return haproxies.plain().startOneHop(app);
        }
        if (kind == SideKind.HAPROXY_TWO_HOPS) {
            return haproxies.plain().startTwoHops(app);
        }
        int port = Ports.free();
        return new ProxySide(
                kind,
                "Jetty ProxyHandler, 1 hop",
                port,
                List.of(OwnJava.start("jetty-proxy", logs, JettyProxy.class, port, app)));
    }

    private Side ours(SideKind kind, Build build, int app, String health)
            throws IOException, InterruptedException, BenchmarkException {
        String name = OURS
                + switch (kind) {
                    case ROUTER_TLS -> "router and client, TLS";
                    case WAR_IN_JETTY -> "WAR in Jetty";
                    case WAR_IN_TOMCAT -> "WAR in Tomcat 11";
                    default -> "router and client";
                };
        RouterHost host =
                switch (kind) {
                    case ROUTER_TLS -> RouterHost::standaloneWithTls;
                    case WAR_IN_JETTY -> new WarInJetty(require(Containers.jetty()));
                    case WAR_IN_TOMCAT -> new WarInTomcat(require(Containers.tomcat()), key);
                    default -> RouterHost::standalone;
                };
        String suffix = builds.size() > 1 ? " (" + label(build) + ")" : "";
        Path ownLogs = logs.resolve(kind + "-" + builds.indexOf(build));
        return LambdaDispatchSide.start(kind, name + suffix, host, build, app, health, ownLogs);
    }

    private static String label(Build build) {
        return String.valueOf(build.root().getFileName());
    }

    private static Path require(Optional<Path> container) throws BenchmarkException {
        return container.orElseThrow(() -> new BenchmarkException("no containers for the WAR; this unpacks them:"
                + " mvn -q pre-integration-test -Pcontainers -DskipTests"));
    }
}
