package io.lambdadispatch.router.servlet.war;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lambdadispatch.router.config.ConfigSources;
import io.lambdadispatch.router.config.RouterConfig;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class ConnectorCheckTest {
    private record Fake(int port, boolean isSecure, boolean speaksHttp2) implements Connector {
        @Override
        public List<String> shortcomings(PortUse use, RouterConfig config) {
            return List.of("is for " + use);
        }
    }

    private static final Fake USERS = new Fake(8080, false, false);
    private static final Fake CONTROL = new Fake(5004, true, true);

    private static List<String> warnings(Map<String, String> settings, Connector... connectors) {
        Properties properties = new Properties();
        properties.setProperty("lambda.dispatch.FunctionName", "fn");
        settings.forEach((name, value) -> properties.setProperty("lambda.dispatch." + name, value));
        RouterConfig config = RouterConfig.from(ConfigSources.of(Map.of(), properties, name -> null));
        return ConnectorCheck.warnings(List.of(connectors), config);
    }

    @Test
    void eachConnectorIsAskedByWhoComesInThere() {
        assertEquals(
                List.of("port 5004: is for INSTANCES", "port 8080: is for USERS"), warnings(Map.of(), USERS, CONTROL));
    }

    @Test
    void aControlPortThatNobodyListensOnIsTold() {
        assertEquals(
                List.of(
                        "no connector listens on port 5004 (ControlChannelHTTP2Port): give the container one, or set the"
                                + " port to off; instances cannot call back there",
                        "port 8080: is for USERS"),
                warnings(Map.of(), USERS));
    }

    @Test
    void anInsecureControlPortIsWantedOnlyWhenItIsAllowed() {
        Fake insecure = new Fake(5003, false, true);
        Map<String, String> allowed = Map.of("AllowInsecureControlChannel", "true");
        assertEquals(
                List.of("port 5003: is for INSTANCES", "port 5004: is for INSTANCES", "port 8080: is for USERS"),
                warnings(allowed, USERS, insecure, CONTROL));
    }

    @Test
    void aControlPortThatSpeaksTheWrongProtocolIsTold() {
        assertEquals(
                List.of(
                        "port 5004: ControlChannelHTTP2Port must speak TLS: no instance can call back",
                        "port 5004: HTTP/2 is not enabled on it: no instance can call back",
                        "port 5004: is for INSTANCES",
                        "port 8080: is for USERS"),
                warnings(Map.of(), USERS, new Fake(5004, false, false)));
    }

    @Test
    void operatorsPortIsNotUsers() {
        Fake operators = new Fake(5005, false, false);
        assertEquals(
                List.of("port 5004: is for INSTANCES", "port 8080: is for USERS"),
                warnings(Map.of("AdminPort", "5005"), USERS, CONTROL, operators));
    }

    @Test
    void operatorsPortThatNobodyListensOnIsTold() {
        assertEquals(
                List.of(
                        "port 5004: is for INSTANCES",
                        "no connector listens on port 5005 (AdminPort): give the container one, or set the port to"
                                + " off; operators see nothing",
                        "port 8080: is for USERS"),
                warnings(Map.of("AdminPort", "5005"), USERS, CONTROL));
    }

    @Test
    void aContainerWithoutAPortForUsersIsTold() {
        assertEquals(
                List.of(
                        "port 5004: is for INSTANCES",
                        "no connector is left for users: give the container one more port"),
                warnings(Map.of(), CONTROL));
    }
}
