package io.lambdadispatch.router.servlet.war;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.router.config.ConfigSources;
import io.lambdadispatch.router.config.RouterConfig;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/** Against what looks like a connector of Jetty's; the integration tests have a real one. */
class JettyConnectorTest {
    public record Ssl() {
        public String getProtocol() {
            return "SSL";
        }
    }

    @SuppressWarnings("UnusedVariable")
    public record RateControl(int maxEventRate) {}

    public record Http2(int streams, long idle, int events) {
        public String getProtocol() {
            return "h2";
        }

        public int getMaxConcurrentStreams() {
            return streams;
        }

        public long getStreamIdleTimeout() {
            return idle;
        }

        public int getInitialStreamRecvWindow() {
            return 1024;
        }

        public int getInitialSessionRecvWindow() {
            return 1024 * 1024;
        }

        public RateControl getRateControlFactory() {
            return new RateControl(events);
        }
    }

    public record HttpConfiguration(int head, int fieldCache, String paths) {
        public int getHeaderCacheSize() {
            return fieldCache;
        }

        public int getRequestHeaderSize() {
            return head;
        }

        public String getUriCompliance() {
            return paths;
        }
    }

    public record Http1(HttpConfiguration configuration) {
        public String getProtocol() {
            return "HTTP/1.1";
        }

        public HttpConfiguration getHttpConfiguration() {
            return configuration;
        }
    }

    public record ServerConnector(long idle, int arrivals, List<Object> factories) {
        ServerConnector(long idle, List<Object> factories) {
            this(idle, 1024, factories);
        }

        public int getAcceptQueueSize() {
            return arrivals;
        }

        public int getPort() {
            return 5004;
        }

        public long getIdleTimeout() {
            return idle;
        }

        public List<Object> getConnectionFactories() {
            return factories;
        }
    }

    private static RouterConfig config() {
        Properties properties = new Properties();
        properties.setProperty("lambda.dispatch.FunctionName", "fn");
        return RouterConfig.from(ConfigSources.of(Map.of(), properties, name -> null));
    }

    private static List<String> shortcomings(long idle, Http2 http2) {
        return new JettyConnector(new ServerConnector(idle, List.of(new Ssl(), http2)))
                .shortcomings(PortUse.INSTANCES, config());
    }

    @Test
    void itKnowsItsPortAndProtocols() {
        Connector secure = new JettyConnector(new ServerConnector(0, List.of(new Ssl(), new Http2(128, 0, 128))));
        assertEquals(5004, secure.port());
        assertTrue(secure.isSecure());
        assertTrue(secure.speaksHttp2());
        Connector plain = new JettyConnector(new ServerConnector(0, List.of()));
        assertFalse(plain.isSecure());
        assertFalse(plain.speaksHttp2());
    }

    @Test
    void nothingIsToldOfOneThatSuits() {
        assertEquals(List.of(), shortcomings(960_000, new Http2(1024, 960_000, 100_000)));
        // No time-out at all, and on streams the connector's.
        assertEquals(List.of(), shortcomings(-1, new Http2(1024, 0, 100_000)));
        assertEquals(List.of(), shortcomings(0, new Http2(1024, -1, 100_000)));
    }

    @Test
    void whatEndsChannelsIsTold() {
        assertEquals(
                List.of(
                        "idleTimeout of its ServerConnector is 30000, should be 900000 or more: whoever waits so long in"
                                + " silence, channels and users, is cut off",
                        "streamIdleTimeout of its Http2 is 5000, should be 900000 or more: whoever waits so long in"
                                + " silence, channels and users, is cut off",
                        "maxConcurrentStreams of its Http2 is 10, should be 20 or more: an instance cannot open all of its"
                                + " channels",
                        "maxEventRate of its Http2's rate control is 128, should be 10000 or more: users who leave end the"
                                + " connection of an instance, with all others that it serves"),
                shortcomings(30_000, new Http2(10, 5_000, 128)));
    }

    @Test
    void usersNeedRoomForTheirHeads() {
        Http1 suits = new Http1(new HttpConfiguration(32_768, 0, "UNSAFE@1f[everything]"));
        assertEquals(List.of(), usersShortcomings(suits));
        assertEquals(
                List.of(
                        "requestHeaderSize of its HttpConfiguration is 8192, should be 32768 or more: requests with larger"
                                + " heads are refused (MaxHeadBytes)",
                        "headerCacheSize of its HttpConfiguration is 1024, should be 0: each connection of HTTP/1.1 keeps"
                                + " fields that it has seen, 100 KB if nothing is set",
                        "uriCompliance of its HttpConfiguration is default, should be UNSAFE: paths that Jetty finds"
                                + " ambiguous are refused, and never reach the app"),
                usersShortcomings(new Http1(new HttpConfiguration(8192, 1024, "DEFAULT"))));
    }

    @Test
    void whoeverComesAllAtOnceNeedsAPlaceToWait() {
        assertEquals(
                List.of(
                        "acceptQueueSize of its ServerConnector is 0, should be 1024 or more: of those who come all at once"
                                + " not all are let in"),
                new JettyConnector(new ServerConnector(0, 0, List.of())).shortcomings(PortUse.INSTANCES, config()));
    }

    private static List<String> usersShortcomings(Http1 http) {
        return new JettyConnector(new ServerConnector(0, List.of(http))).shortcomings(PortUse.USERS, config());
    }
}
