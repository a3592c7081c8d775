package io.lambdadispatch.router.servlet.war;

import static io.lambdadispatch.router.servlet.war.Expectation.atLeast;
import static io.lambdadispatch.router.servlet.war.Expectation.is;

import io.lambdadispatch.router.config.RouterConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** A {@code ServerConnector} of Jetty's, with its connection factories. */
final class JettyConnector implements Connector {
    /** Lambda's longest invoke: a channel may be parked, or an answer silent, for as long as that. */
    private static final long LONGEST_INVOKE_MS = Duration.ofMinutes(15).toMillis();

    private static final int MORE_STREAMS = 8;

    /** What Jetty adds to a head that has reached its limit, a {@code Date} for one. */
    private static final int OWN_FIELDS_BYTES = 1024;

    /** Nobody comes near it by users who leave; Jetty's own default is 128. */
    private static final int EVENTS_PER_SECOND = 10_000;

    /** Connections that wait to be accepted; Java's own default is 50. */
    private static final int ARRIVALS = 1_024;

    private final Part connector;
    private final List<Part> factories;

    JettyConnector(Object connector) {
        this.connector = new Part("ServerConnector", connector);
        this.factories = this.connector.elements("getConnectionFactories").stream()
                .map(factory -> new Part(factory.getClass().getSimpleName(), factory))
                .toList();
    }

    @Override
    public int port() {
        return connector.text("port").map(Integer::parseInt).orElse(-1);
    }

    @Override
    public boolean isSecure() {
        return factory("SSL"::equals).isPresent();
    }

    @Override
    public boolean speaksHttp2() {
        return http2().isPresent();
    }

    private Optional<Part> http2() {
        return factory(protocol -> protocol.startsWith("h2"));
    }

    private Optional<Part> factory(Predicate<String> isWanted) {
        return factories.stream()
                .filter(factory -> factory.text("protocol").filter(isWanted).isPresent())
                .findFirst();
    }

    @Override
    public List<String> shortcomings(PortUse use, RouterConfig config) {
        List<String> found = new ArrayList<>();
        check(connector, List.of(idle("idleTimeout"), arrivals()), found);
        if (use == PortUse.USERS) {
            factory("http/1.1"::equalsIgnoreCase)
                    .flatMap(http -> http.part("httpConfiguration", "HttpConfiguration"))
                    .ifPresent(http -> check(http, heads(config), found));
        }
        http2().ifPresent(http2 -> {
            check(http2, List.of(idle("streamIdleTimeout")), found);
            if (use == PortUse.INSTANCES) {
                check(http2, channels(config, http2), found);
            }
            http2.part("rateControlFactory", http2.name() + "'s rate control")
                    .ifPresent(control -> check(control, List.of(events(use)), found));
        });
        return found;
    }

    private static void check(Part part, List<Expectation> expectations, List<String> found) {
        expectations.forEach(expectation -> expectation.check(part).ifPresent(found::add));
    }

    private static Expectation arrivals() {
        return atLeast("acceptQueueSize", ARRIVALS, "of those who come all at once not all are let in");
    }

    /** Zero and less stand for no time-out; for a stream, zero stands for the connector's. */
    private static Expectation idle(String property) {
        return new Expectation(
                property,
                text -> Long.parseLong(text) <= 0 || Long.parseLong(text) >= LONGEST_INVOKE_MS,
                LONGEST_INVOKE_MS + " or more",
                "whoever waits so long in silence, channels and users, is cut off");
    }

    private static List<Expectation> heads(RouterConfig config) {
        int head = config.requests().maxHeadBytes();
        return List.of(
                atLeast("requestHeaderSize", head, "requests with larger heads are refused (MaxHeadBytes)"),
                atLeast(
                        "responseHeaderSize",
                        head + OWN_FIELDS_BYTES,
                        "answers with larger heads become 500 (MaxHeadBytes)"),
                is(
                        "headerCacheSize",
                        "0",
                        "each connection of HTTP/1.1 keeps fields that it has seen, 100 KB if nothing is set"),
                // Its text goes on with the list of what it allows.
                new Expectation(
                        "uriCompliance",
                        text -> text.startsWith("UNSAFE"),
                        "UNSAFE",
                        "paths that Jetty finds ambiguous are refused, and never reach the app"));
    }

    private static List<Expectation> channels(RouterConfig config, Part http2) {
        int channels = config.fleet().channelCount();
        long streamWindow =
                http2.text("initialStreamRecvWindow").map(Long::parseLong).orElse(0L);
        return List.of(
                atLeast("maxConcurrentStreams", channels + MORE_STREAMS, "an instance cannot open all of its channels"),
                atLeast(
                        "initialSessionRecvWindow",
                        2L * channels * streamWindow,
                        "users who take nothing of their answers hold up those of others"));
    }

    private static Expectation events(PortUse use) {
        return atLeast(
                "maxEventRate",
                EVENTS_PER_SECOND,
                use == PortUse.USERS
                        ? "users who leave end the connection of a load balancer, with all others on it"
                        : "users who leave end the connection of an instance, with all others that it serves");
    }
}
