package io.lambdadispatch.router.servlet.war;

import static io.lambdadispatch.router.servlet.war.Expectation.atLeast;
import static io.lambdadispatch.router.servlet.war.Expectation.atLeastOrNone;
import static io.lambdadispatch.router.servlet.war.Expectation.contains;
import static io.lambdadispatch.router.servlet.war.Expectation.is;

import io.lambdadispatch.router.config.RouterConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A {@code Connector} of Tomcat's server.xml, with its {@code UpgradeProtocol}. */
final class TomcatConnector implements Connector {
    /** Streams of an instance beside its channels: pings, and its goodbye. */
    private static final int MORE_STREAMS = 8;

    /** Connections that wait to be accepted; Tomcat's own default is 100. */
    private static final int ARRIVALS = 1_024;

    /** Far more than people send. */
    private static final int FIELDS = 1_000;

    /** Those that Tomcat can be told to let through. */
    private static final String ODD_CHARACTERS = "\"<>[\\]^`{|}";

    private static final String OVERHEAD = "many small frames, or users who leave, end the connection for all on it";

    private static final String STALE = "a user may be given an object that the answer of one who left still writes to";

    private static final List<Expectation> HTTP2 = List.of(
            is("discardRequestsAndResponses", "true", STALE),
            is("overheadCountFactor", "0", OVERHEAD),
            is("overheadResetFactor", "0", OVERHEAD),
            is("overheadDataThreshold", "0", OVERHEAD),
            is("overheadContinuationThreshold", "0", OVERHEAD),
            is("overheadWindowUpdateThreshold", "0", OVERHEAD));

    private static final Expectation NO_ASYNC_IO =
            is("useAsyncIO", "false", "Tomcat may misread the first frames of a connection");

    private final Part connector;
    private final Optional<Part> protocol;
    private final Optional<Part> http2;

    TomcatConnector(Object connector) {
        this.connector = new Part("Connector", connector);
        this.protocol = this.connector.part("protocolHandler", "Connector");
        this.http2 = this.connector.elements("findUpgradeProtocols").stream()
                .filter(upgrade -> upgrade.getClass().getSimpleName().equals("Http2Protocol"))
                .map(upgrade -> new Part("UpgradeProtocol", upgrade))
                .findFirst();
    }

    @Override
    public int port() {
        return connector.text("portWithOffset").map(Integer::parseInt).orElse(-1);
    }

    @Override
    public boolean isSecure() {
        return protocol.flatMap(part -> part.text("SSLEnabled"))
                .map(Boolean::parseBoolean)
                .orElse(false);
    }

    @Override
    public boolean speaksHttp2() {
        return http2.isPresent();
    }

    @Override
    public List<String> shortcomings(PortUse use, RouterConfig config) {
        List<String> found = new ArrayList<>();
        protocol.ifPresent(part -> {
            if (use == PortUse.USERS) {
                check(part, users(config), found);
            }
            if (speaksHttp2()) {
                // It is the endpoint's, which the protocol does not show.
                part.part("endpoint", "Connector").flatMap(NO_ASYNC_IO::check).ifPresent(found::add);
            }
        });
        http2.ifPresent(part -> {
            check(part, use == PortUse.USERS ? usersStreams(config) : channels(config), found);
            check(part, HTTP2, found);
        });
        return found;
    }

    private static void check(Part part, List<Expectation> expectations, List<String> found) {
        expectations.forEach(expectation -> expectation.check(part).ifPresent(found::add));
    }

    private static List<Expectation> users(RouterConfig config) {
        int head = config.requests().maxHeadBytes();
        return List.of(
                contains("relaxedPathChars", ODD_CHARACTERS, "requests for paths with these are refused"),
                contains("relaxedQueryChars", ODD_CHARACTERS, "requests with these are refused, such as /?ids[]=1"),
                is("processorCache", "0", STALE),
                atLeast("acceptCount", ARRIVALS, "of users who come all at once not all are let in"),
                atLeast("maxHttpRequestHeaderSize", head, "requests with larger heads are refused (MaxHeadBytes)"),
                atLeastOrNone("maxHeaderCount", FIELDS, "requests with more fields are refused"),
                atLeast("maxHttpResponseHeaderSize", head, "answers with larger heads become 500 (MaxHeadBytes)"),
                atLeastOrNone("connectionTimeout", idleMs(config), "slow users are cut off before RelayIdleTimeout"));
    }

    private static List<Expectation> usersStreams(RouterConfig config) {
        String otherwise = "slow users are cut off before RelayIdleTimeout";
        return List.of(
                atLeastOrNone("maxHeaderCount", FIELDS, "requests with more fields are refused"),
                atLeastOrNone("streamReadTimeout", idleMs(config), otherwise),
                atLeastOrNone("streamWriteTimeout", idleMs(config), otherwise));
    }

    private static List<Expectation> channels(RouterConfig config) {
        int streams = config.fleet().channelCount() + MORE_STREAMS;
        return List.of(
                is("streamReadTimeout", "-1", "channels that wait for work are closed after that time"),
                is("streamWriteTimeout", "-1", "channels of slow users are closed after that time"),
                atLeast("maxConcurrentStreams", streams, "an instance cannot open all of its channels"),
                atLeast("maxConcurrentStreamExecution", streams, "channels of an instance wait for each other"));
    }

    private static long idleMs(RouterConfig config) {
        return config.requests().relayIdleTimeout().toMillis();
    }
}
