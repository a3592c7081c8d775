package io.lambdadispatch.router.config;

import static io.lambdadispatch.router.config.Format.duration;
import static io.lambdadispatch.router.config.Format.durationOrNone;
import static io.lambdadispatch.router.config.Format.host;
import static io.lambdadispatch.router.config.Format.integer;
import static io.lambdadispatch.router.config.Format.oneOf;
import static io.lambdadispatch.router.config.Format.port;
import static io.lambdadispatch.router.config.Format.trueOrFalse;
import static io.lambdadispatch.router.config.Key.optional;
import static io.lambdadispatch.router.config.Key.required;
import static io.lambdadispatch.router.config.Key.withDefault;

import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Every setting of the router, declared once: name, default, what is allowed, one sentence. A test holds
 * {@code docs/configuration.md} to this table.
 */
final class SettingTable {
    static final int MOST_CHANNELS = 100;

    static final Key<LambdaFunction> FUNCTION_NAME =
            required("FunctionName", Format.function(), "The Lambda function whose instances serve the requests.");
    static final Key<URI> LAMBDA_SERVICE_URL = optional(
            "AWS_LAMBDA_SERVICE_URL",
            "AWS's endpoint of the region",
            Format.url(),
            "Endpoint of the Lambda API; has no LAMBDA_DISPATCH_ prefix.");
    static final Key<Integer> MAX_CONCURRENT_COUNT =
            withDefault("MaxConcurrentCount", "10", integer(1, 100), "Requests that one instance runs at once.");
    static final Key<Integer> CHANNEL_COUNT = optional(
            "ChannelCount",
            "MaxConcurrentCount and a fifth more",
            integer(1, MOST_CHANNELS),
            "Channels that one instance opens; at least MaxConcurrentCount.");
    static final Key<Integer> INSTANCE_COUNT_MULTIPLIER = withDefault(
            "InstanceCountMultiplier",
            "2",
            integer(1, 10),
            "Head room: instances are planned to run MaxConcurrentCount divided by this.");
    static final Key<ScalingAlgorithm> SCALING_ALGORITHM = withDefault(
            "ScalingAlgorithm", "simple", oneOf(ScalingAlgorithm.class), "How the number of instances is chosen.");
    static final Key<Duration> SCALE_DOWN_DELAY = optional(
            "ScaleDownDelay",
            "300ms; with adaptive 5s",
            duration("0s", "1h"),
            "How long fewer instances must do before one is told to leave.");
    static final Key<Integer> MIN_INSTANCES =
            withDefault("MinInstances", "0", integer(0, 10_000), "Instances that are kept though nobody needs them.");
    static final Key<Integer> MAX_INSTANCES = withDefault(
            "MaxInstances", "1000", integer(1, 10_000), "Instances that there are at most, without those that leave.");
    static final Key<Duration> INSTANCE_START_TIMEOUT = withDefault(
            "InstanceStartTimeout",
            "00:00:30",
            duration("100ms", "15m"),
            "How long an invoked instance may take to open its first channel.");
    static final Key<Duration> CHANNEL_KEEP_ALIVE = withDefault(
            "ChannelKeepAlive",
            "00:00:10",
            durationOrNone("6s", "15m"),
            "How long nothing may come from an instance before it is taken for lost; 0s: for ever.");
    static final Key<Pattern> ALLOWED_LAMBDA_NAMES = optional(
            "AllowedLambdaNames",
            "none but FunctionName",
            Format.pattern(),
            "Other functions that a request may ask for by X-Lambda-Name.");
    static final Key<HeaderSecret> POOL_HEADER_SECRET = optional(
                    "PoolHeaderSecret",
                    "none",
                    Format.headerSecret(),
                    "Header field that must come with X-Lambda-Name, or the request is refused.")
            .secret();
    static final Key<Integer> MAX_POOLS = withDefault(
            "MaxPools", "100", integer(0, 10_000), "Functions beside FunctionName that are served at once.");
    static final Key<Duration> POOL_IDLE_TIMEOUT = withDefault(
            "PoolIdleTimeout",
            "00:10:00",
            duration("10s", "24h"),
            "After which the pool of such a function is forgotten when nobody uses it.");
    static final Key<Duration> INCOMING_REQUEST_TIMEOUT = withDefault(
            "IncomingRequestTimeout",
            "00:02:00",
            duration("1ms", "24h"),
            "How long a request waits for an instance before it is answered 504.");
    static final Key<Integer> MAX_QUEUED_REQUESTS = withDefault(
            "MaxQueuedRequests",
            "10000",
            integer(1, 1_000_000),
            "Requests that wait for an instance at once; one more is answered 503.");
    static final Key<Boolean> RETRY_SAFE_REQUESTS = withDefault(
            "RetrySafeRequests",
            "true",
            trueOrFalse(),
            "Whether a request whose instance died goes to another one when that is safe.");
    static final Key<Duration> RELAY_IDLE_TIMEOUT = withDefault(
            "RelayIdleTimeout",
            "00:02:00",
            duration("1s", "24h"),
            "How long a user may neither send their request's body nor take the response.");
    static final Key<Integer> MAX_HEAD_BYTES = withDefault(
            "MaxHeadBytes", "32768", integer(1024, 1_048_576), "Largest head of a request or response, in bytes.");
    static final Key<String> BIND_ADDRESS =
            withDefault("BindAddress", "0.0.0.0", host(), "Local address that all ports but AdminPort listen on.");
    static final Key<OptionalInt> USERS_HTTP_PORT =
            withDefault("IncomingRequestHTTPPort", "5001", port(), "Users' port for HTTP/1.1 and h2c.");
    static final Key<OptionalInt> USERS_HTTPS_PORT =
            withDefault("IncomingRequestHTTPSPort", "5002", port(), "Users' port for TLS.");
    static final Key<OptionalInt> CONTROL_HTTP_PORT = withDefault(
            "ControlChannelInsecureHTTP2Port",
            "5003",
            port(),
            "Instances' port for h2c; open only with AllowInsecureControlChannel.");
    static final Key<OptionalInt> CONTROL_HTTPS_PORT =
            withDefault("ControlChannelHTTP2Port", "5004", port(), "Instances' port for TLS.");
    static final Key<Boolean> ALLOW_INSECURE_CONTROL_CHANNEL = withDefault(
            "AllowInsecureControlChannel", "false", trueOrFalse(), "Whether instances may call back without TLS.");
    static final Key<Scheme> PREFERRED_CONTROL_CHANNEL_SCHEME = withDefault(
            "PreferredControlChannelScheme", "https", oneOf(Scheme.class), "How instances are told to call back.");
    static final Key<Boolean> REQUIRE_CHANNEL_TOKEN = withDefault(
            "RequireChannelToken",
            "true",
            trueOrFalse(),
            "Whether an instance must send back the secret of its invoke.");
    static final Key<String> ROUTER_CALLBACK_HOST =
            optional("RouterCallbackHost", "found at start", host(), "Host under which instances reach this router.");
    static final Key<String> ENV_VAR_FOR_CALLBACK_IP = withDefault(
            "EnvVarForCallbackIp",
            "K8S_POD_IP",
            Format.variableName(),
            "Environment variable that holds this router's address.");
    static final Key<Path> TLS_KEY_STORE_PATH = optional(
            "TlsKeyStorePath",
            "a self-signed certificate, made at start",
            Format.readableFile(),
            "PKCS #12 file with the router's private key and certificate.");
    static final Key<String> TLS_KEY_STORE_PASSWORD = optional(
                    "TlsKeyStorePassword", "none", Format.text(), "Password of that file; required with it.")
            .secret();
    static final Key<Integer> MAX_USER_CONNECTIONS = optional(
            "MaxUserConnections",
            "three quarters of the files that it may open",
            integer(1, 10_000_000),
            "Users' connections at once; more wait in the kernel's queue.");
    static final Key<Integer> MAX_WORKER_THREADS = optional(
            "MaxWorkerThreads", "the server's own choice", integer(8, 10_000), "Size of the server's thread pool.");
    static final Key<Duration> DRAIN_DELAY = withDefault(
            "DrainDelay",
            "00:00:00",
            duration("0s", "15m"),
            "How long new users are still served after a stop was asked for.");
    static final Key<Duration> SHUTDOWN_TIMEOUT = withDefault(
            "ShutdownTimeout",
            "00:00:30",
            duration("0s", "15m"),
            "How long requests in flight may take to finish at a stop.");
    static final Key<Path> PID_FILE = optional(
            "PidFile",
            "run/router-ADDRESS-PORT.pid where it is installed",
            Format.newFile(),
            "Where the standalone router leaves its process id, for bin/router stop.");
    static final Key<OptionalInt> ADMIN_PORT =
            withDefault("AdminPort", "off", port(), "Operators' port: figures, health, state; without TLS.");
    static final Key<String> ADMIN_BIND_ADDRESS =
            withDefault("AdminBindAddress", "127.0.0.1", host(), "Local address that AdminPort listens on.");
    static final Key<Boolean> CLOUD_WATCH_METRICS_ENABLED = withDefault(
            "CloudWatchMetricsEnabled",
            "false",
            trueOrFalse(),
            "Whether figures are written to the standard output in CloudWatch's embedded metric format.");
    static final Key<Boolean> LOG_PERIODIC_METRICS = withDefault(
            "LogPeriodicMetrics",
            "false",
            trueOrFalse(),
            "Whether figures are logged periodically, a line for each pool.");
    static final Key<Duration> METRICS_PERIOD =
            withDefault("MetricsPeriod", "00:01:00", duration("1s", "1h"), "How often both of them are written.");
    static final Key<Integer> FUNCTION_MEMORY_MB = optional(
            "FunctionMemoryMB",
            "not known: no costs are estimated",
            integer(128, 10_240),
            "Memory of the function in MB, to estimate what its instances cost.");
    static final Key<BigDecimal> PRICE_PER_GB_SECOND = withDefault(
            "PricePerGBSecond",
            ListPrice.OF_AWS.perGigabyteSecond(),
            Format.dollars(),
            "What a GB of memory costs for a second, in US dollars.");
    static final Key<BigDecimal> PRICE_PER_MILLION_INVOKES = withDefault(
            "PricePerMillionInvokes",
            ListPrice.OF_AWS.perMillionInvokes(),
            Format.dollars(),
            "What a million invokes cost, in US dollars.");
    static final Key<AccessLogFormat> ACCESS_LOG_FORMAT = withDefault(
            "AccessLogFormat",
            "off",
            oneOf(AccessLogFormat.class),
            "Whether and how a line is written for each request.");
    static final Key<Path> ACCESS_LOG_PATH = optional(
            "AccessLogPath", "the standard output", Format.newFile(), "The file that these lines are appended to.");
    static final Key<TraceHeader> TRACE_HEADER = withDefault(
            "TraceHeader",
            "amzn",
            oneOf(TraceHeader.class),
            "Which field with a new trace id a request is given that has none.");
    static final Key<Boolean> ALLOW_DEBUG_HEADER = withDefault(
            "AllowDebugHeader",
            "false",
            trueOrFalse(),
            "Whether X-Lambda-Dispatch-Debug: true has each step of a request logged.");

    static final List<Key<?>> ALL = List.of(
            FUNCTION_NAME,
            LAMBDA_SERVICE_URL,
            MAX_CONCURRENT_COUNT,
            CHANNEL_COUNT,
            INSTANCE_COUNT_MULTIPLIER,
            SCALING_ALGORITHM,
            SCALE_DOWN_DELAY,
            MIN_INSTANCES,
            MAX_INSTANCES,
            INSTANCE_START_TIMEOUT,
            CHANNEL_KEEP_ALIVE,
            ALLOWED_LAMBDA_NAMES,
            POOL_HEADER_SECRET,
            MAX_POOLS,
            POOL_IDLE_TIMEOUT,
            INCOMING_REQUEST_TIMEOUT,
            MAX_QUEUED_REQUESTS,
            RETRY_SAFE_REQUESTS,
            RELAY_IDLE_TIMEOUT,
            MAX_HEAD_BYTES,
            BIND_ADDRESS,
            USERS_HTTP_PORT,
            USERS_HTTPS_PORT,
            CONTROL_HTTP_PORT,
            CONTROL_HTTPS_PORT,
            ALLOW_INSECURE_CONTROL_CHANNEL,
            PREFERRED_CONTROL_CHANNEL_SCHEME,
            REQUIRE_CHANNEL_TOKEN,
            ROUTER_CALLBACK_HOST,
            ENV_VAR_FOR_CALLBACK_IP,
            TLS_KEY_STORE_PATH,
            TLS_KEY_STORE_PASSWORD,
            MAX_USER_CONNECTIONS,
            MAX_WORKER_THREADS,
            DRAIN_DELAY,
            SHUTDOWN_TIMEOUT,
            PID_FILE,
            ADMIN_PORT,
            ADMIN_BIND_ADDRESS,
            CLOUD_WATCH_METRICS_ENABLED,
            LOG_PERIODIC_METRICS,
            METRICS_PERIOD,
            FUNCTION_MEMORY_MB,
            PRICE_PER_GB_SECOND,
            PRICE_PER_MILLION_INVOKES,
            ACCESS_LOG_FORMAT,
            ACCESS_LOG_PATH,
            TRACE_HEADER,
            ALLOW_DEBUG_HEADER);

    /** Settings of the Lambda client, which shares the prefix and on one machine also the environment. */
    static final Set<String> CLIENT_NAMES = Set.of(
            "PORT",
            "ENABLE_COMPRESSION",
            "ASYNC_INIT",
            "ASYNC_INIT_TIMEOUT",
            "FORCE_DEADLINE",
            "LAST_ACTIVE_GRACE_PERIOD_MS",
            "TRUST",
            "LOG_LEVEL",
            "APP_COMMAND",
            "HEALTH_PATH",
            "JAVA_OPTS");

    private SettingTable() {}
}
