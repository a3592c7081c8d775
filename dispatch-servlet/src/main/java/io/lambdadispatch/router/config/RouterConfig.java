package io.lambdadispatch.router.config;

import static io.lambdadispatch.router.config.SettingTable.*;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * Everything that can be set about a router, read once at start. Immutable; {@code docs/configuration.md} explains each
 * setting.
 *
 * @param function whose instances serve requests that ask for no other
 * @param lambdaServiceUrl endpoint of the Lambda API; empty: AWS's own
 * @param warnings what an operator should be told although the router can start, each one sentence
 */
public record RouterConfig(
        LambdaFunction function,
        Optional<URI> lambdaServiceUrl,
        FleetSettings fleet,
        NamedPoolSettings namedPools,
        RequestSettings requests,
        ListenSettings listen,
        ControlChannelSettings controlChannel,
        ShutdownSettings shutdown,
        AdminSettings admin,
        MetricsSettings metrics,
        CostSettings cost,
        RequestLogSettings requestLog,
        List<String> warnings) {
    private static final int LEAST_SPARE_CHANNELS = 2;
    private static final int SPARE_CHANNEL_SHARE = 5;

    /**
     * Reads and checks all settings.
     *
     * @throws ConfigException when something is wrong; it tells everything that is
     */
    public static RouterConfig from(ConfigSources sources) {
        ConfigReader reader = new ConfigReader(sources);
        LambdaFunction function = reader.require(FUNCTION_NAME);
        Optional<URI> serviceUrl = reader.find(LAMBDA_SERVICE_URL);
        FleetSettings fleet = fleet(reader);
        NamedPoolSettings namedPools = namedPools(reader);
        RequestSettings requests = new RequestSettings(
                reader.read(INCOMING_REQUEST_TIMEOUT),
                reader.read(MAX_QUEUED_REQUESTS),
                reader.read(RETRY_SAFE_REQUESTS),
                reader.read(RELAY_IDLE_TIMEOUT),
                reader.read(MAX_HEAD_BYTES));
        ControlChannelSettings control = controlChannel(reader);
        AdminSettings admin = new AdminSettings(reader.read(ADMIN_PORT), reader.read(ADMIN_BIND_ADDRESS));
        ListenSettings listen = listen(reader, control, admin);
        ShutdownSettings shutdown = ShutdownSettings.read(reader);
        MetricsSettings metrics = new MetricsSettings(
                reader.read(CLOUD_WATCH_METRICS_ENABLED),
                reader.read(LOG_PERIODIC_METRICS),
                reader.read(METRICS_PERIOD));
        CostSettings cost = new CostSettings(
                optional(reader.find(FUNCTION_MEMORY_MB)),
                reader.read(PRICE_PER_GB_SECOND),
                reader.read(PRICE_PER_MILLION_INVOKES));
        RequestLogSettings requestLog = requestLog(reader);
        reader.throwFaults();
        return new RouterConfig(
                function,
                serviceUrl,
                fleet,
                namedPools,
                requests,
                listen,
                control,
                shutdown,
                admin,
                metrics,
                cost,
                requestLog,
                warnings(sources));
    }

    private static RequestLogSettings requestLog(ConfigReader reader) {
        AccessLogFormat format = reader.read(ACCESS_LOG_FORMAT);
        Optional<Path> path = reader.find(ACCESS_LOG_PATH);
        reader.rule(
                path.isEmpty() || format != AccessLogFormat.OFF,
                "combined or json, because AccessLogPath is set",
                ACCESS_LOG_FORMAT,
                ACCESS_LOG_PATH);
        return new RequestLogSettings(format, path, reader.read(TRACE_HEADER), reader.read(ALLOW_DEBUG_HEADER));
    }

    private static FleetSettings fleet(ConfigReader reader) {
        int concurrent = reader.read(MAX_CONCURRENT_COUNT);
        boolean channelsStay = reader.read(REQUIRE_CHANNEL_TOKEN);
        int channels = reader.find(CHANNEL_COUNT).orElseGet(() -> channels(concurrent, channelsStay));
        reader.rule(
                channels >= concurrent,
                "at least MaxConcurrentCount, " + concurrent,
                CHANNEL_COUNT,
                MAX_CONCURRENT_COUNT);
        int least = reader.read(MIN_INSTANCES);
        int most = reader.read(MAX_INSTANCES);
        reader.rule(least <= most, "at most MaxInstances, " + most, MIN_INSTANCES, MAX_INSTANCES);
        return new FleetSettings(
                concurrent,
                channels,
                reader.read(INSTANCE_COUNT_MULTIPLIER),
                reader.read(SCALING_ALGORITHM),
                reader.find(SCALE_DOWN_DELAY),
                least,
                most,
                reader.read(INSTANCE_START_TIMEOUT),
                reader.read(CHANNEL_KEEP_ALIVE));
    }

    /** A channel that stays needs no spare one to take its place, but for a few while one that was reset is opened anew. */
    private static int channels(int concurrent, boolean channelsStay) {
        int spare = channelsStay ? Math.max(LEAST_SPARE_CHANNELS, concurrent / SPARE_CHANNEL_SHARE) : concurrent;
        return Math.min(concurrent + spare, MOST_CHANNELS);
    }

    private static NamedPoolSettings namedPools(ConfigReader reader) {
        return new NamedPoolSettings(
                reader.find(ALLOWED_LAMBDA_NAMES),
                reader.find(POOL_HEADER_SECRET),
                reader.read(MAX_POOLS),
                reader.read(POOL_IDLE_TIMEOUT));
    }

    private static ControlChannelSettings controlChannel(ConfigReader reader) {
        boolean allowInsecure = reader.read(ALLOW_INSECURE_CONTROL_CHANNEL);
        Scheme scheme = reader.read(PREFERRED_CONTROL_CHANNEL_SCHEME);
        reader.rule(
                scheme == Scheme.HTTPS || allowInsecure,
                "https, or AllowInsecureControlChannel=true",
                PREFERRED_CONTROL_CHANNEL_SCHEME,
                ALLOW_INSECURE_CONTROL_CHANNEL);
        return new ControlChannelSettings(
                scheme,
                allowInsecure,
                reader.read(REQUIRE_CHANNEL_TOKEN),
                reader.find(ROUTER_CALLBACK_HOST),
                reader.read(ENV_VAR_FOR_CALLBACK_IP));
    }

    private static ListenSettings listen(ConfigReader reader, ControlChannelSettings control, AdminSettings admin) {
        OptionalInt usersHttp = reader.read(USERS_HTTP_PORT);
        OptionalInt usersHttps = reader.read(USERS_HTTPS_PORT);
        OptionalInt controlHttp = reader.read(CONTROL_HTTP_PORT);
        OptionalInt controlHttps = reader.read(CONTROL_HTTPS_PORT);
        reader.rule(
                usersHttp.isPresent() || usersHttps.isPresent(),
                "a port, unless IncomingRequestHTTPSPort is one",
                USERS_HTTP_PORT,
                USERS_HTTPS_PORT);
        boolean isSecure = control.preferredScheme() == Scheme.HTTPS;
        reader.rule(
                isSecure ? controlHttps.isPresent() : controlHttp.isPresent(),
                "a port, because PreferredControlChannelScheme is " + control.preferredScheme(),
                isSecure ? CONTROL_HTTPS_PORT : CONTROL_HTTP_PORT,
                PREFERRED_CONTROL_CHANNEL_SCHEME,
                ALLOW_INSECURE_CONTROL_CHANNEL);
        if (!control.allowInsecure()) {
            controlHttp = OptionalInt.empty();
        }
        distinct(
                reader,
                List.of(USERS_HTTP_PORT, USERS_HTTPS_PORT, CONTROL_HTTP_PORT, CONTROL_HTTPS_PORT, ADMIN_PORT),
                List.of(usersHttp, usersHttps, controlHttp, controlHttps, admin.port()));
        return new ListenSettings(
                reader.read(BIND_ADDRESS),
                usersHttp,
                usersHttps,
                controlHttp,
                controlHttps,
                tlsKeyStore(reader),
                optional(reader.find(MAX_USER_CONNECTIONS)),
                optional(reader.find(MAX_WORKER_THREADS)));
    }

    private static OptionalInt optional(Optional<Integer> number) {
        return number.isPresent() ? OptionalInt.of(number.get()) : OptionalInt.empty();
    }

    private static void distinct(ConfigReader reader, List<Key<OptionalInt>> keys, List<OptionalInt> ports) {
        for (int i = 1; i < keys.size(); i++) {
            for (int j = 0; j < i; j++) {
                boolean isSame = ports.get(i).orElse(0) != 0 && ports.get(i).equals(ports.get(j));
                reader.rule(!isSame, "another port than " + keys.get(j).name(), keys.get(i), keys.get(j));
            }
        }
    }

    private static Optional<TlsKeyStore> tlsKeyStore(ConfigReader reader) {
        Optional<Path> path = reader.find(TLS_KEY_STORE_PATH);
        Optional<String> password = reader.find(TLS_KEY_STORE_PASSWORD);
        reader.rule(
                path.isEmpty() || password.isPresent(),
                "the password of TlsKeyStorePath",
                TLS_KEY_STORE_PASSWORD,
                TLS_KEY_STORE_PATH);
        reader.rule(
                password.isEmpty() || path.isPresent(),
                "the file that TlsKeyStorePassword opens",
                TLS_KEY_STORE_PATH,
                TLS_KEY_STORE_PASSWORD);
        return path.flatMap(file -> password.map(secret -> new TlsKeyStore(file, secret)));
    }

    private static List<String> warnings(ConfigSources sources) {
        return List.copyOf(sources.oddities(ALL.stream().map(Key::name).collect(Collectors.toSet()), CLIENT_NAMES));
    }

    /** What each setting comes to and why, right or wrong, in the order of the documentation. */
    public static List<EffectiveSetting> explain(ConfigSources sources) {
        ConfigReader reader = new ConfigReader(sources);
        return ALL.stream().<EffectiveSetting>map(reader::explain).toList();
    }

    /** Every setting there is, in the order of the documentation. */
    public static List<Setting> settings() {
        return ALL.stream().map(Key::setting).toList();
    }
}
