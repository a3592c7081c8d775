package io.lambdadispatch.router.aws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.lambdadispatch.router.config.ConfigException;
import io.lambdadispatch.router.config.ControlChannelSettings;
import io.lambdadispatch.router.config.Scheme;
import io.lambdadispatch.testkit.ReservedPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Discovery against small metadata services on this machine. */
class CallbackAddressTest {
    private static final String TASK = """
            {"DockerId": "cd18", "Labels": {"Networks": "decoy"}, "Limits": {"CPU": 2},
             "Networks": [
              {"NetworkMode": "bridge", "IPv4Addresses": ["172.17.0.2"]},
              {"NetworkMode": "awsvpc", "IPv4Addresses": [], "IPv6Addresses": ["fd00::1"]},
              {"IPv4Addresses": ["10.0.2.106", "10.0.2.107"], "MACAddress": "0e:9e", "NetworkMode": "awsvpc"},
              {"NetworkMode": "awsvpc", "IPv4Addresses": ["10.0.2.108"]}
             ], "ContainerARN": "arn:aws:ecs:x"}""";

    private HttpServer server;
    private URI url;
    private ReservedPort nobody;
    private URI nowhere;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        server.start();
        nobody = new ReservedPort();
        nowhere = URI.create("http://127.0.0.1:" + nobody.number());
    }

    @AfterEach
    void stop() throws IOException {
        server.stop(0);
        nobody.close();
    }

    private static ControlChannelSettings settings(String callbackHost) {
        return new ControlChannelSettings(Scheme.HTTPS, false, true, Optional.ofNullable(callbackHost), "K8S_POD_IP");
    }

    private static String discover(String callbackHost, Map<String, String> environment, URI ec2) {
        MetadataService metadata = new MetadataService(ec2, Duration.ofSeconds(5));
        return CallbackAddress.of(settings(callbackHost), environment, metadata).discover();
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private void serveEc2() {
        server.createContext("/latest/api/token", exchange -> {
            boolean isAsked = exchange.getRequestMethod().equals("PUT")
                    && exchange.getRequestHeaders().containsKey("X-aws-ec2-metadata-token-ttl-seconds");
            answer(exchange, isAsked ? 200 : 400, "token-1");
        });
        server.createContext("/latest/meta-data/local-ipv4", exchange -> {
            boolean isAllowed = "token-1".equals(exchange.getRequestHeaders().getFirst("X-aws-ec2-metadata-token"));
            answer(exchange, isAllowed ? 200 : 401, "10.1.2.3\n");
        });
    }

    private String serveEcs(String json) {
        server.createContext("/v4/abc", exchange -> answer(exchange, 200, json));
        return url + "/v4/abc";
    }

    @Test
    void theSettingWinsOverEverything() {
        serveEc2();
        Map<String, String> environment =
                Map.of("K8S_POD_IP", "10.9.9.9", "ECS_CONTAINER_METADATA_URI_V4", serveEcs(TASK));
        assertEquals("router.example.com", discover("router.example.com", environment, url));
    }

    @Test
    void thenTheNamedVariable() {
        serveEc2();
        Map<String, String> environment =
                Map.of("K8S_POD_IP", " 10.9.9.9 ", "ECS_CONTAINER_METADATA_URI_V4", serveEcs(TASK));
        assertEquals("10.9.9.9", discover(null, environment, url));
    }

    @Test
    void thenTheFirstAwsvpcAddressOfTheEcsTask() {
        serveEc2();
        Map<String, String> environment = Map.of("K8S_POD_IP", "", "ECS_CONTAINER_METADATA_URI_V4", serveEcs(TASK));
        assertEquals("10.0.2.106", discover(null, environment, url));
    }

    @Test
    void thenTheEc2InstanceByVersion2OfItsMetadata() {
        serveEc2();
        assertEquals("10.1.2.3", discover(null, Map.of("AWS_EXECUTION_ENV", "AWS_ECS_EC2"), url));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "not json",
                "",
                "{\"Networks\": null}",
                "{\"Networks\": [{\"NetworkMode\": \"bridge\", \"IPv4Addresses\": [\"172.17.0.2\"]}]}",
                "{\"Networks\": [{\"NetworkMode\": \"awsvpc\"}]}"
            })
    void anEcsTaskWithoutAnAddressOfItsOwnIsPassedOver(String json) {
        serveEc2();
        assertEquals("10.1.2.3", discover(null, Map.of("ECS_CONTAINER_METADATA_URI_V4", serveEcs(json)), url));
    }

    @Test
    void loopbackIsForMachinesThatAreNotAws() {
        assertEquals("127.0.0.1", discover(null, Map.of(), nowhere));
    }

    @Test
    void ec2IsNotAskedWhenItsMetadataIsDisabled() {
        serveEc2();
        assertEquals("127.0.0.1", discover(null, Map.of("AWS_EC2_METADATA_DISABLED", "TRUE"), url));
    }

    @Test
    void aServiceThatDoesNotAnswerIsGivenUp() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            MetadataService metadata = new MetadataService(
                    URI.create("http://127.0.0.1:" + silent.getLocalPort()), Duration.ofMillis(100));
            assertEquals(
                    "127.0.0.1",
                    CallbackAddress.of(settings(null), Map.of(), metadata).discover());
        }
    }

    @Test
    void inAwsWithoutAnAddressTheFaultTellsWhatWasTriedAndWhatHelps() {
        ConfigException e = assertThrows(
                ConfigException.class, () -> discover(null, Map.of("AWS_EXECUTION_ENV", "AWS_ECS_FARGATE"), url));
        String fault = e.faults().get(0);
        assertTrue(
                fault.startsWith("RouterCallbackHost: not set (expected: the host under which instances reach this"
                        + " router, or environment variable K8S_POD_IP; nothing else told it: K8S_POD_IP is not set;"
                        + " ECS_CONTAINER_METADATA_URI_V4 is not set; EC2 instance metadata: status 404 of "),
                fault);
        assertTrue(fault.endsWith("; 127.0.0.1 is no use in AWS_ECS_FARGATE)"), fault);
    }

    @ParameterizedTest
    @CsvSource({
        "HTTPS, 10.0.0.7, 5004, https://10.0.0.7:5004/api/chunked",
        "HTTP, router.example.com, 80, http://router.example.com:80/api/chunked",
        "HTTPS, fd00::7, 5004, https://[fd00::7]:5004/api/chunked",
        "HTTPS, [fd00::7], 5004, https://[fd00::7]:5004/api/chunked"
    })
    void theUrlHoldsAddressesOfBothFamilies(Scheme scheme, String host, int port, String expected) {
        assertEquals(URI.create(expected), CallbackAddress.url(scheme, host, port));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "host/path", "host:1", "my_router"})
    void aHostThatNoUrlCanHoldIsAFault(String host) {
        assertThrows(ConfigException.class, () -> CallbackAddress.url(Scheme.HTTPS, host, 5004));
    }
}
