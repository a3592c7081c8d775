package io.lambdadispatch.router.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RouterConfigTest {
    private static RouterConfig with(String... namesAndValues) {
        return RouterConfig.from(ConfigSources.of(environment(namesAndValues), new Properties(), name -> null));
    }

    private static Map<String, String> environment(String... namesAndValues) {
        Map<String, String> environment = new HashMap<>();
        environment.put("LAMBDA_DISPATCH_FunctionName", "app");
        for (int i = 0; i < namesAndValues.length; i += 2) {
            environment.put(ConfigSources.VARIABLE_PREFIX + namesAndValues[i], namesAndValues[i + 1]);
        }
        return environment;
    }

    private static List<String> faults(String... namesAndValues) {
        return assertThrows(ConfigException.class, () -> with(namesAndValues)).faults();
    }

    @Test
    void aFunctionNameIsEnough() {
        RouterConfig config = with();
        assertEquals("app", config.function().text());
        assertEquals(Optional.empty(), config.lambdaServiceUrl());
        assertEquals(
                new FleetSettings(
                        10,
                        12,
                        2,
                        ScalingAlgorithm.SIMPLE,
                        Optional.empty(),
                        0,
                        1_000,
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(10)),
                config.fleet());
        assertEquals(
                new NamedPoolSettings(Optional.empty(), Optional.empty(), 100, Duration.ofMinutes(10)),
                config.namedPools());
        assertEquals(
                new RequestSettings(Duration.ofMinutes(2), 10_000, true, Duration.ofMinutes(2), 32_768),
                config.requests());
        assertEquals(
                new ListenSettings(
                        "0.0.0.0",
                        OptionalInt.of(5001),
                        OptionalInt.of(5002),
                        OptionalInt.empty(),
                        OptionalInt.of(5004),
                        Optional.empty(),
                        OptionalInt.empty(),
                        OptionalInt.empty()),
                config.listen());
        assertEquals(
                new ControlChannelSettings(Scheme.HTTPS, false, true, Optional.empty(), "K8S_POD_IP"),
                config.controlChannel());
        assertEquals(new ShutdownSettings(Duration.ZERO, Duration.ofSeconds(30), Optional.empty()), config.shutdown());
        assertEquals(List.of(), config.warnings());
    }

    @Test
    void channelCountFollowsMaxConcurrentCountUpToItsOwnLimit() {
        assertEquals(5, with("MaxConcurrentCount", "3").fleet().channelCount());
        assertEquals(12, with("MaxConcurrentCount", "10").fleet().channelCount());
        assertEquals(100, with("MaxConcurrentCount", "90").fleet().channelCount());
        assertEquals(
                6,
                with("MaxConcurrentCount", "3", "RequireChannelToken", "false")
                        .fleet()
                        .channelCount(),
                "the reference takes one request a channel");
        assertEquals(
                7, with("MaxConcurrentCount", "3", "ChannelCount", "7").fleet().channelCount());
    }

    @Test
    void environmentWinsOverSystemPropertyOverInitParam() {
        Properties system = new Properties();
        system.setProperty("lambda.dispatch.MaxConcurrentCount", "2");
        system.setProperty("LAMBDA_DISPATCH_InstanceCountMultiplier", "3");
        Map<String, String> initParams =
                Map.of("FunctionName", "of-web-xml", "MaxConcurrentCount", "9", "InstanceCountMultiplier", "9");
        RouterConfig config = RouterConfig.from(
                ConfigSources.of(Map.of("LAMBDA_DISPATCH_MaxConcurrentCount", "1"), system, initParams::get));
        assertEquals("of-web-xml", config.function().text());
        assertEquals(1, config.fleet().maxConcurrentCount());
        assertEquals(3, config.fleet().instanceCountMultiplier());
    }

    @Test
    void caseAndUnderscoresInNamesDoNotMatter() {
        for (String name : List.of("MaxConcurrentCount", "MAX_CONCURRENT_COUNT", "maxconcurrentcount")) {
            assertEquals(4, with(name, "4").fleet().maxConcurrentCount(), name);
        }
        RouterConfig config = with("CONTROL_CHANNEL_HTTP2_PORT", "6004");
        assertEquals(OptionalInt.of(6004), config.listen().controlHttpsPort());
        assertEquals(List.of(), config.warnings());
    }

    @Test
    void emptyTextCountsAsNotSet() {
        RouterConfig config = RouterConfig.from(ConfigSources.of(
                environment("ChannelCount", "", "RouterCallbackHost", " "), new Properties(), n -> ""));
        assertEquals(12, config.fleet().channelCount());
        assertEquals(Optional.empty(), config.controlChannel().callbackHost());
    }

    @Test
    void allFaultsAreToldAtOnceEachWithNameValueSourceAndWhatIsAllowed() {
        Properties system = new Properties();
        system.setProperty("lambda.dispatch.ScalingAlgorithm", "smple");
        ConfigException e = assertThrows(
                ConfigException.class,
                () -> RouterConfig.from(ConfigSources.of(
                        Map.of("LAMBDA_DISPATCH_MAX_CONCURRENT_COUNT", "0", "AWS_LAMBDA_SERVICE_URL", "localhost:5051"),
                        system,
                        Map.of("AllowInsecureControlChannel", "yes")::get)));
        assertEquals("""
                5 faults in the configuration:
                  FunctionName: not set (expected: name, name:qualifier, account-id:function:name or \
                arn:aws:lambda:region:account-id:function:name[:qualifier]; \
                set environment variable LAMBDA_DISPATCH_FunctionName)
                  AWS_LAMBDA_SERVICE_URL: localhost:5051 (expected: a URL that begins with http:// or https://; \
                from environment variable AWS_LAMBDA_SERVICE_URL)
                  MaxConcurrentCount: 0 (expected: 1 to 100; from environment variable \
                LAMBDA_DISPATCH_MAX_CONCURRENT_COUNT)
                  ScalingAlgorithm: smple (expected: simple, ewma or adaptive; \
                from system property lambda.dispatch.ScalingAlgorithm)
                  AllowInsecureControlChannel: yes (expected: true or false; \
                from init-param AllowInsecureControlChannel)""", e.getMessage());
    }

    @Test
    void fewerChannelsThanConcurrentRequestsIsAFault() {
        assertEquals(
                List.of("ChannelCount: 9 (expected: at least MaxConcurrentCount, 10; from environment variable"
                        + " LAMBDA_DISPATCH_ChannelCount)"),
                faults("ChannelCount", "9"));
    }

    @Test
    void insecureSchemeMustBeAllowed() {
        assertEquals(
                List.of("PreferredControlChannelScheme: http (expected: https, or AllowInsecureControlChannel=true;"
                        + " from environment variable LAMBDA_DISPATCH_PreferredControlChannelScheme)"),
                faults("PreferredControlChannelScheme", "http"));
        RouterConfig config = with("PreferredControlChannelScheme", "HTTP", "AllowInsecureControlChannel", "True");
        assertEquals(Scheme.HTTP, config.controlChannel().preferredScheme());
        assertEquals(OptionalInt.of(5003), config.listen().controlHttpPort());
    }

    @Test
    void theControlPortOfThePreferredSchemeMustBeOn() {
        assertEquals(
                List.of(
                        "ControlChannelHTTP2Port: off (expected: a port, because PreferredControlChannelScheme is https;"
                                + " from environment variable LAMBDA_DISPATCH_ControlChannelHTTP2Port)"),
                faults("ControlChannelHTTP2Port", "off"));
        assertEquals(
                1,
                faults(
                                "ControlChannelInsecureHTTP2Port",
                                "off",
                                "PreferredControlChannelScheme",
                                "http",
                                "AllowInsecureControlChannel",
                                "true")
                        .size());
    }

    @Test
    void portsThatAreOpenMustDiffer() {
        assertEquals(
                List.of("ControlChannelHTTP2Port: 5001 (expected: another port than IncomingRequestHTTPPort;"
                        + " from environment variable LAMBDA_DISPATCH_ControlChannelHTTP2Port)"),
                faults("ControlChannelHTTP2Port", "5001"));
        assertEquals(
                List.of("IncomingRequestHTTPSPort: 5002 (expected: another port than IncomingRequestHTTPPort;"
                        + " the default)"),
                faults("IncomingRequestHTTPPort", "5002"));
        // The insecure control port is shut by default, so it clashes with nothing.
        assertEquals(
                OptionalInt.of(5003),
                with("IncomingRequestHTTPPort", "5003").listen().usersHttpPort());
    }

    @Test
    void severalPortsMayBeAnyFreeOneOrOff() {
        ListenSettings listen = with(
                        "IncomingRequestHTTPPort",
                        "0",
                        "ControlChannelHTTP2Port",
                        "0",
                        "IncomingRequestHTTPSPort",
                        "OFF")
                .listen();
        assertEquals(OptionalInt.of(0), listen.usersHttpPort());
        assertEquals(OptionalInt.of(0), listen.controlHttpsPort());
        assertEquals(OptionalInt.empty(), listen.usersHttpsPort());
    }

    @Test
    void usersNeedAPort() {
        assertEquals(
                1,
                faults("IncomingRequestHTTPPort", "off", "IncomingRequestHTTPSPort", "off")
                        .size());
    }

    @Test
    void aRuleIsNotCheckedWithAValueThatIsAFaultItself() {
        assertEquals(
                1, faults("MaxConcurrentCount", "many", "ChannelCount", "1").size());
        assertEquals(
                1,
                faults("AllowInsecureControlChannel", "si", "PreferredControlChannelScheme", "http")
                        .size());
    }

    @Test
    void keyStoreAndPasswordComeTogetherAndThePasswordIsNeverShown(@TempDir Path directory) throws IOException {
        Path file = Files.createFile(directory.resolve("router.p12"));
        Optional<TlsKeyStore> keyStore = with("TlsKeyStorePath", file.toString(), "TlsKeyStorePassword", "geheim")
                .listen()
                .tlsKeyStore();
        assertEquals(Optional.of(new TlsKeyStore(file, "geheim")), keyStore);
        assertFalse(keyStore.toString().contains("geheim"));
        assertTrue(faults("TlsKeyStorePath", file.toString()).get(0).startsWith("TlsKeyStorePassword: not set"));
        assertTrue(faults("TlsKeyStorePath", directory.resolve("no.p12").toString())
                .get(0)
                .contains("a readable file"));
        List<String> lonely = faults("TlsKeyStorePassword", "geheim");
        assertTrue(lonely.get(0).startsWith("TlsKeyStorePath: not set"), lonely.toString());
        assertFalse(lonely.toString().contains("geheim"));
    }

    @Test
    void unknownNamesAreWarnedAboutWithTheNearestOneButTheClientsAreNot() {
        RouterConfig config = with("MaxConcurentCount", "5", "PORT", "3001", "LAST_ACTIVE_GRACE_PERIOD_MS", "250");
        assertEquals(
                List.of("environment variable LAMBDA_DISPATCH_MaxConcurentCount is no setting"
                        + " (nearest: MaxConcurrentCount)"),
                config.warnings());
    }

    @Test
    void twoSpellingsWithDifferentValuesAreWarnedAbout() {
        RouterConfig config = with("FUNCTION_NAME", "other");
        assertEquals("other", config.function().text());
        assertEquals(
                List.of("environment variable LAMBDA_DISPATCH_FunctionName is ignored: environment variable"
                        + " LAMBDA_DISPATCH_FUNCTION_NAME sets the same"),
                config.warnings());
    }

    @Test
    void operatorsEnterOnThisMachineOnlyUnlessSaidOtherwise() {
        assertTrue(with().admin().port().isEmpty());
        assertTrue(with("AdminPort", "5005").admin().isLocal());
        assertFalse(
                with("AdminPort", "5005", "AdminBindAddress", "0.0.0.0").admin().isLocal());
        assertEquals(
                List.of("AdminPort: 5001 (expected: another port than IncomingRequestHTTPPort;"
                        + " from environment variable LAMBDA_DISPATCH_AdminPort)"),
                faults("AdminPort", "5001"));
    }

    @Test
    void anAccessLogWithAPathNeedsAFormat() {
        assertEquals(
                List.of("AccessLogFormat: off (expected: combined or json, because AccessLogPath is set; the default)"),
                faults("AccessLogPath", "target/access.log"));
        assertEquals(
                AccessLogFormat.JSON,
                with("AccessLogPath", "target/access.log", "AccessLogFormat", "json")
                        .requestLog()
                        .format());
    }

    @Test
    void pricesAreAmountsOfDollars() {
        assertEquals(
                new BigDecimal("0.0000133334"),
                with("PricePerGBSecond", "0.0000133334").cost().perGigabyteSecond());
        for (String wrong : List.of("-1", "1e3", "1,5", "free", "1001")) {
            assertEquals(1, faults("PricePerGBSecond", wrong).size(), wrong);
        }
        assertFalse(with().cost().isKnown());
        assertTrue(with("FunctionMemoryMB", "128").cost().isKnown());
    }

    @Test
    void minInstancesIsAtMostMaxInstances() {
        assertEquals(
                List.of("MinInstances: 5 (expected: at most MaxInstances, 4;"
                        + " from environment variable LAMBDA_DISPATCH_MinInstances)"),
                faults("MinInstances", "5", "MaxInstances", "4"));
        assertEquals(4, with("MinInstances", "4", "MaxInstances", "4").fleet().minInstances());
    }

    @Test
    void channelKeepAliveIsLongerThanTheTimeBetweenTwoPingsOrOff() {
        assertEquals(Duration.ZERO, with("ChannelKeepAlive", "0s").fleet().channelKeepAlive());
        assertEquals(
                Duration.ofSeconds(6), with("ChannelKeepAlive", "6s").fleet().channelKeepAlive());
        assertEquals(1, faults("ChannelKeepAlive", "5s").size());
    }

    @Test
    void otherFunctionsAreAllowedByAPatternForTheWholeName() {
        assertFalse(with().namedPools().allows("app"));
        NamedPoolSettings named =
                with("AllowedLambdaNames", "app-[a-z]+(:live)?").namedPools();
        assertTrue(named.allows("app-blue"));
        assertTrue(named.allows("app-blue:live"));
        assertFalse(named.allows("app-blue:live2"));
        assertFalse(named.allows("an-app-blue"));
        assertEquals(
                List.of("AllowedLambdaNames: app( (expected: a regular expression of Java;"
                        + " from environment variable LAMBDA_DISPATCH_AllowedLambdaNames)"),
                faults("AllowedLambdaNames", "app("));
    }

    @Test
    void thePoolHeaderSecretIsAFieldAndNeverShown() {
        HeaderSecret secret = with("PoolHeaderSecret", "X-Pool-Key:  open sesame ")
                .namedPools()
                .secret()
                .orElseThrow();
        assertEquals("X-Pool-Key", secret.name());
        assertTrue(secret.isShownBy("open sesame"));
        assertFalse(secret.isShownBy("open sesam"));
        assertFalse(secret.isShownBy(null));
        assertEquals("X-Pool-Key: (hidden)", secret.toString());
        for (String wrong : List.of("no colon", "X Y: z", "X-Y:", ": z", "X-Y: a\nb")) {
            assertEquals(
                    List.of("PoolHeaderSecret: (hidden) (expected: Header-Name: value;"
                            + " from environment variable LAMBDA_DISPATCH_PoolHeaderSecret)"),
                    faults("PoolHeaderSecret", wrong));
        }
    }

    @Test
    void theServiceUrlKeepsTheNameThatOtherToolsKnow() {
        RouterConfig config = RouterConfig.from(ConfigSources.of(
                Map.of("AWS_LAMBDA_SERVICE_URL", "http://127.0.0.1:5051", "LAMBDA_DISPATCH_FunctionName", "app"),
                new Properties(),
                name -> null));
        assertEquals(Optional.of(URI.create("http://127.0.0.1:5051")), config.lambdaServiceUrl());
    }

    @Test
    void everyDefaultIsAllowed() {
        for (Key<?> key : SettingTable.ALL) {
            key.setting()
                    .defaultValue()
                    .ifPresent(value -> assertTrue(key.format().parse(value).isPresent(), key.name()));
        }
    }
}
