package io.lambdadispatch.router.aws;

import io.lambdadispatch.protocol.ControlPath;
import io.lambdadispatch.router.config.ConfigException;
import io.lambdadispatch.router.config.ControlChannelSettings;
import io.lambdadispatch.router.config.Scheme;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the host under which instances reach this router. The first of these that has one wins: the setting
 * {@code RouterCallbackHost}; the environment variable that {@code EnvVarForCallbackIp} names; ECS task metadata; EC2
 * instance metadata; 127.0.0.1 when nothing says that this is AWS.
 */
public final class CallbackAddress {
    /** Set wherever AWS runs a program: Lambda, ECS, CodeBuild and others. */
    private static final String AWS_EXECUTION_ENV = "AWS_EXECUTION_ENV";

    private static final String LOOPBACK = "127.0.0.1";

    /** Metadata services are on this very machine; where there is none, packets to them often vanish. */
    private static final Duration METADATA_TIMEOUT = Duration.ofSeconds(1);

    private final ControlChannelSettings settings;
    private final Map<String, String> environment;
    private final MetadataService metadata;

    private CallbackAddress(
            ControlChannelSettings settings, Map<String, String> environment, MetadataService metadata) {
        this.settings = settings;
        this.environment = environment;
        this.metadata = metadata;
    }

    /** Asks the metadata services where AWS has them. */
    public static CallbackAddress of(ControlChannelSettings settings, Map<String, String> environment) {
        return new CallbackAddress(settings, environment, new MetadataService(MetadataService.EC2, METADATA_TIMEOUT));
    }

    static CallbackAddress of(
            ControlChannelSettings settings, Map<String, String> environment, MetadataService metadata) {
        return new CallbackAddress(settings, environment, metadata);
    }

    /**
     * Looks for the host. Blocks for at most a few seconds, outside AWS usually for one; call it once, at start.
     *
     * @return host name or IP address, IPv6 without brackets
     * @throws ConfigException when there is none; the message tells what was tried and which settings would help
     */
    public String discover() {
        if (settings.callbackHost().isPresent()) {
            return settings.callbackHost().get();
        }
        List<String> tried = new ArrayList<>();
        return fromVariable(tried)
                .or(() -> fromEcs(tried))
                .or(() -> fromEc2(tried))
                .or(() -> loopback(tried))
                .orElseThrow(() -> new ConfigException(List.of("RouterCallbackHost: not set (expected: the host under"
                        + " which instances reach this router, or environment variable "
                        + settings.envVarForCallbackIp() + "; nothing else told it: " + String.join("; ", tried)
                        + ')')));
    }

    private Optional<String> fromVariable(List<String> tried) {
        String name = settings.envVarForCallbackIp();
        Optional<String> host = variable(name);
        if (host.isEmpty()) {
            tried.add(name + " is not set");
        }
        return host;
    }

    private Optional<String> fromEcs(List<String> tried) {
        Optional<String> endpoint = variable("ECS_CONTAINER_METADATA_URI_V4");
        if (endpoint.isEmpty()) {
            tried.add("ECS_CONTAINER_METADATA_URI_V4 is not set");
            return Optional.empty();
        }
        return ask("ECS task metadata", () -> metadata.ecsAddress(endpoint.get()), tried);
    }

    private Optional<String> fromEc2(List<String> tried) {
        if (variable("AWS_EC2_METADATA_DISABLED")
                .filter("true"::equalsIgnoreCase)
                .isPresent()) {
            tried.add("AWS_EC2_METADATA_DISABLED is true");
            return Optional.empty();
        }
        return ask("EC2 instance metadata", metadata::ec2Address, tried);
    }

    private Optional<String> loopback(List<String> tried) {
        Optional<String> aws = variable(AWS_EXECUTION_ENV);
        if (aws.isPresent()) {
            tried.add("127.0.0.1 is no use in " + aws.get());
            return Optional.empty();
        }
        return Optional.of(LOOPBACK);
    }

    private Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).map(String::strip).filter(value -> !value.isEmpty());
    }

    private static Optional<String> ask(String service, MetadataService.Question question, List<String> tried) {
        try {
            return Optional.of(question.ask());
        } catch (MetadataService.UnavailableException e) {
            tried.add(service + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    /**
     * The URL that an invoke carries.
     *
     * @param host an IPv6 address may come with or without brackets
     * @throws ConfigException when the host cannot stand in a URL
     */
    public static URI url(Scheme scheme, String host, int port) {
        try {
            URI url = new URI(scheme.toString(), null, host, port, ControlPath.PREFIX, null, null);
            if (url.getHost() != null && ControlPath.PREFIX.equals(url.getPath())) {
                return url;
            }
        } catch (URISyntaxException e) {
            // Told below, as any other host that is none.
        }
        throw new ConfigException(List.of("callback host: " + host + " (expected: a host name or IP address)"));
    }
}
