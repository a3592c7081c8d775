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

/** Against what looks like a connector of Tomcat's; the integration tests have real ones. */
class TomcatConnectorTest {
    public record Endpoint(boolean asyncIo) {
        public boolean getUseAsyncIO() {
            return asyncIo;
        }
    }

    @SuppressWarnings("UnusedVariable")
    public record Protocol(boolean isSSLEnabled, int head, String odd, int fields, int arrivals, Endpoint endpoint) {
        public String getRelaxedPathChars() {
            return odd;
        }

        public String getRelaxedQueryChars() {
            return odd;
        }

        public int getMaxHeaderCount() {
            return fields;
        }

        /** Tomcat's default, unless the connector is made for the router. */
        public int getProcessorCache() {
            return arrivals < 1024 ? 200 : 0;
        }

        public int getAcceptCount() {
            return arrivals;
        }

        public int getMaxHttpRequestHeaderSize() {
            return head;
        }
    }

    public record Http2Protocol(long timeout, boolean discards) {
        public long getStreamReadTimeout() {
            return timeout;
        }

        public boolean getDiscardRequestsAndResponses() {
            return discards;
        }
    }

    public record CatalinaConnector(Protocol protocol, List<Object> upgrades) {
        public int getPortWithOffset() {
            return 5004;
        }

        public Protocol getProtocolHandler() {
            return protocol;
        }

        public Object[] findUpgradeProtocols() {
            return upgrades.toArray();
        }
    }

    private static RouterConfig config() {
        Properties properties = new Properties();
        properties.setProperty("lambda.dispatch.FunctionName", "fn");
        return RouterConfig.from(ConfigSources.of(Map.of(), properties, name -> null));
    }

    private static TomcatConnector connector(int head, boolean asyncIo, Object... upgrades) {
        return connector(new Protocol(true, head, "`^|{}[]\\\"<>", -1, 1024, new Endpoint(asyncIo)), upgrades);
    }

    private static TomcatConnector connector(Protocol protocol, Object... upgrades) {
        return new TomcatConnector(new CatalinaConnector(protocol, List.of(upgrades)));
    }

    @Test
    void itKnowsItsPortAndProtocols() {
        Connector secure = connector(0, false, new Http2Protocol(-1, true));
        assertEquals(5004, secure.port());
        assertTrue(secure.isSecure());
        assertTrue(secure.speaksHttp2());
        assertFalse(connector(0, false).speaksHttp2());
    }

    @Test
    void nothingIsToldOfOneThatSuits() {
        TomcatConnector suits = connector(32_768, false, new Http2Protocol(-1, true));
        assertEquals(List.of(), suits.shortcomings(PortUse.INSTANCES, config()));
        assertEquals(List.of(), suits.shortcomings(PortUse.USERS, config()));
        // Without HTTP/2 there is nothing that asynchronous reading could confuse.
        assertEquals(List.of(), connector(32_768, true).shortcomings(PortUse.USERS, config()));
    }

    @Test
    void whatEndsChannelsIsTold() {
        assertEquals(
                List.of(
                        "useAsyncIO of its Connector is true, should be false: Tomcat may misread the first frames of a"
                                + " connection",
                        "streamReadTimeout of its UpgradeProtocol is 20000, should be -1: channels that wait for work are"
                                + " closed after that time",
                        "discardRequestsAndResponses of its UpgradeProtocol is false, should be true: a user may be"
                                + " given an object that the answer of one who left still writes to"),
                connector(8192, true, new Http2Protocol(20_000, false)).shortcomings(PortUse.INSTANCES, config()));
    }

    @Test
    void usersNeedRoomForTheirHeadsAndTimeForTheirBodies() {
        assertEquals(
                List.of(
                        "maxHttpRequestHeaderSize of its Connector is 8192, should be 32768 or more: requests with larger"
                                + " heads are refused (MaxHeadBytes)",
                        "streamReadTimeout of its UpgradeProtocol is 20000, should be -1, or 120000 and more: slow users"
                                + " are cut off before RelayIdleTimeout"),
                connector(8192, false, new Http2Protocol(20_000, true)).shortcomings(PortUse.USERS, config()));
    }

    @Test
    void whatTomcatRefusesIfNothingIsSetIsTold() {
        TomcatConnector asItComes = connector(new Protocol(true, 32_768, null, 100, 100, new Endpoint(false)));
        assertEquals(
                List.of(
                        "relaxedPathChars of its Connector is not set, should be \"<>[\\]^`{|}: requests for paths with these"
                                + " are refused",
                        "relaxedQueryChars of its Connector is not set, should be \"<>[\\]^`{|}: requests with these are"
                                + " refused, such as /?ids[]=1",
                        "processorCache of its Connector is 200, should be 0: a user may be given an object that the answer"
                                + " of one who left still writes to",
                        "acceptCount of its Connector is 100, should be 1024 or more: of users who come all at once not all are"
                                + " let in",
                        "maxHeaderCount of its Connector is 100, should be -1, or 1000 and more: requests with more fields are"
                                + " refused"),
                asItComes.shortcomings(PortUse.USERS, config()));
        assertEquals(List.of(), asItComes.shortcomings(PortUse.INSTANCES, config()));
    }
}
