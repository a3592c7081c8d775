package io.lambdadispatch.benchmarks.system.hop;

import io.lambdadispatch.benchmarks.system.Machine;
import io.lambdadispatch.benchmarks.system.Ports;
import io.lambdadispatch.benchmarks.system.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** HAProxy with one thread a process: one hop, two hops, and two hops of which the second one calls back. */
final class HaProxy {
    private static final Pattern VERSION = Pattern.compile("version ((\\d+)\\.(\\d+)\\S*?)[- ]");

    /** HTTP/2 windows of 1 MB, as our own: the default of 64 KB halves what large bodies get. */
    private static final String FRAME = """
            global
              nbthread 1
              maxconn 4000
              tune.h2.initial-window-size 1048576
              tune.h2.max-concurrent-streams 256
            defaults
              mode http
              timeout connect 5s
              timeout client 1h
              timeout server 1h
              http-reuse always
            """;

    /** As of 3.0, HAProxy calls reverse HTTP an experiment. */
    private static final String EXPERIMENTAL = "global\n  expose-experimental-directives\n";

    /** HTTP/2 as it is agreed upon within TLS; the other one without. */
    private static final String H2_TLS = "alpn h2 ssl-min-ver TLSv1.3 ciphersuites " + Tls.CIPHER;

    private static final String H2 = "proto h2";

    private final Path program;
    private final Path logs;
    private final Matcher version;

    HaProxy(Path program, Path logs) throws IOException {
        this.program = program;
        this.version = VERSION.matcher(Machine.version(program.toString(), "-v"));
        if (!version.find()) {
            throw new IOException("not HAProxy: " + program);
        }
        this.logs = Files.createDirectories(logs.resolve("haproxy-" + version()));
    }

    /** Such as 3.0.0. */
    String version() {
        return version.group(1);
    }

    /** Whether a second hop can call back: reverse HTTP is in HAProxy since 2.9. */
    boolean hasReverseHttp() {
        int major = Integer.parseInt(version.group(2));
        return major > 2 || (major == 2 && Integer.parseInt(version.group(3)) >= 9);
    }

    Side startOneHop(int app) throws IOException, InterruptedException {
        int port = Ports.free();
        return new ProxySide(
                SideKind.HAPROXY, "HAProxy, 1 hop", port, List.of(toApp("haproxy-1", bind(port, ""), app, port)));
    }

    Side startTwoHops(int app) throws IOException, InterruptedException {
        int port = Ports.free();
        int between = Ports.free();
        Service second = toApp("haproxy-2b", bind(between, " proto h2"), app, between);
        Service first = start(
                "haproxy-2a",
                frontend(bind(port, "")) + "backend next\n  server second 127.0.0.1:" + between + " proto h2\n",
                port);
        return new ProxySide(SideKind.HAPROXY_TWO_HOPS, "HAProxy, 2 hops, h2c", port, List.of(first, second));
    }

    /** The topology of router and client: the second hop connects to the first one and waits for requests there. */
    Side startReverse(int app) throws IOException, InterruptedException {
        return startReverse(SideKind.PAIR, "", app, H2, H2);
    }

    /** The same with TLS between the hops; the second one verifies the first one's certificate. */
    Side startReverseWithTls(int app, HopKey key) throws IOException, InterruptedException {
        Path pem = key.pem();
        return startReverse(
                SideKind.PAIR_TLS,
                ", TLS",
                app,
                "ssl crt " + pem + " " + H2_TLS,
                "ssl verify required ca-file " + pem + " " + H2_TLS);
    }

    /** No request goes by the second hop's backend that calls back; with {@code http-reuse always} there, HAProxy 3.4.0 dies. */
    private Side startReverse(SideKind kind, String suffix, int app, String callbackBind, String callbackServer)
            throws IOException, InterruptedException {
        int port = Ports.free();
        int callback = Ports.free();
        Service first = start(
                kind + "-a", EXPERIMENTAL + frontend(bind(port, "")) + """
                backend next
                  server second rhttp@
                frontend callback
                  bind 127.0.0.1:%d %s
                  tcp-request session attach-srv next/second
                """.formatted(callback, callbackBind), callback);
        Service second = start(
                kind + "-b",
                EXPERIMENTAL
                        + frontend("  bind rhttp@callback/first nbconn 1\n")
                        + """
                backend next
                  server app 127.0.0.1:%d
                backend callback
                  http-reuse safe
                  server first 127.0.0.1:%d %s
                """.formatted(app, callback, callbackServer),
                callback);
        if (kind == SideKind.PAIR_TLS) {
            Tls.require(callback);
        }
        return new ProxySide(kind, "HAProxy " + version() + ", reverse HTTP" + suffix, port, List.of(first, second));
    }

    private Service toApp(String name, String bind, int app, int port) throws IOException, InterruptedException {
        return start(name, frontend(bind) + "backend next\n  server app 127.0.0.1:" + app + "\n", port);
    }

    private static String frontend(String bind) {
        return "frontend users\n" + bind + "  default_backend next\n";
    }

    private static String bind(int port, String options) {
        return "  bind 127.0.0.1:" + port + " backlog 1024" + options + "\n";
    }

    private Service start(String name, String inside, int port) throws IOException, InterruptedException {
        Path file = Files.writeString(logs.resolve(name + ".cfg"), FRAME + inside);
        Service service =
                Service.start(name, List.of(program.toString(), "-db", "-f", file.toString()), Map.of(), logs);
        Ports.await(port, service);
        return service;
    }
}
