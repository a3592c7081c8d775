package io.lambdadispatch.router.aws;

import io.lambdadispatch.router.config.ConfigException;
import io.netty.channel.socket.nio.NioChannelOption;
import java.io.IOException;
import java.net.SocketOption;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jdk.net.ExtendedSocketOptions;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.auth.credentials.SystemPropertyCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.AwsProfileRegionProvider;
import software.amazon.awssdk.regions.providers.AwsRegionProvider;
import software.amazon.awssdk.regions.providers.AwsRegionProviderChain;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.regions.providers.SystemSettingsRegionProvider;
import software.amazon.awssdk.services.lambda.LambdaAsyncClient;
import software.amazon.awssdk.services.lambda.LambdaAsyncClientBuilder;

/**
 * Makes clients of the Lambda API that hold thousands of invokes open, each on a connection of its own and for up to 15
 * minutes, on a few threads.
 *
 * @see <a href="https://docs.aws.amazon.com/sdk-for-java/latest/developer-guide/http-configuration-netty.html">Configure
 *     the Netty-based HTTP client</a>
 */
public final class LambdaClients {
    private static final int MOST_INVOKES = 5_000;
    private static final int MOST_WAITING_FOR_A_CONNECTION = 10_000;

    /** A burst of invokes is a burst of TLS handshakes, so one may stand in line for a while. */
    private static final Duration ACQUISITION_TIMEOUT = Duration.ofSeconds(30);

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration TLS_TIMEOUT = Duration.ofSeconds(10);

    /** Lambda's longest, 15 minutes, and a little: the function's own time-out must be the one that strikes. */
    private static final Duration INVOKE_TIMEOUT = Duration.ofMinutes(16);

    /**
     * Nothing is sent while a function runs, and AWS's NAT gateways and load balancers forget a connection that was
     * silent for 350 s; Linux would begin to probe after two hours.
     */
    private static final Map<SocketOption<Integer>, Integer> KEEP_ALIVE_SECONDS =
            Map.of(ExtendedSocketOptions.TCP_KEEPIDLE, 60, ExtendedSocketOptions.TCP_KEEPINTERVAL, 30);

    private LambdaClients() {}

    /**
     * Makes a client with the credentials and the region that the SDK finds in its usual places. With a service URL, a
     * region that nothing names is us-east-1, since only the signature needs it; with one of {@code http}, which is never
     * AWS's, the same goes for credentials, and the instance metadata service is not asked. May take seconds: it loads
     * the SDK, and may ask that service for the region.
     *
     * @param serviceUrl endpoint of the Lambda API; empty: AWS's own of the region
     * @param functionRegion region in the function's ARN, which is the only one that it can be invoked in
     * @throws ConfigException when AWS is to be used and no region is found
     */
    public static LambdaAsyncClient create(Optional<URI> serviceUrl, Optional<String> functionRegion) {
        boolean isLocal =
                serviceUrl.isPresent() && "http".equals(serviceUrl.get().getScheme());
        AwsCredentialsProvider credentials = isLocal
                ? localCredentials()
                : DefaultCredentialsProvider.builder().build();
        LambdaAsyncClientBuilder builder = LambdaAsyncClient.builder()
                .region(functionRegion.map(Region::of).orElseGet(() -> region(serviceUrl.isPresent())))
                .credentialsProvider(new RequiredCredentials(credentials))
                .httpClientBuilder(httpClient())
                // The fleet decides whether and when to invoke again; a retry here would hide a throttle from it.
                .overrideConfiguration(override -> override.retryStrategy(AwsRetryStrategy.doNotRetry())
                        .apiCallTimeout(INVOKE_TIMEOUT)
                        .apiCallAttemptTimeout(INVOKE_TIMEOUT));
        serviceUrl.ifPresent(builder::endpointOverride);
        return builder.build();
    }

    private static NettyNioAsyncHttpClient.Builder httpClient() {
        NettyNioAsyncHttpClient.Builder builder = NettyNioAsyncHttpClient.builder()
                .maxConcurrency(MOST_INVOKES)
                .maxPendingConnectionAcquires(MOST_WAITING_FOR_A_CONNECTION)
                .connectionAcquisitionTimeout(ACQUISITION_TIMEOUT)
                .connectionTimeout(CONNECT_TIMEOUT)
                .tlsNegotiationTimeout(TLS_TIMEOUT)
                .readTimeout(INVOKE_TIMEOUT)
                .tcpKeepAlive(true);
        KEEP_ALIVE_SECONDS.forEach((option, seconds) -> {
            if (isSupported(option)) {
                builder.putChannelOption(NioChannelOption.of(option), seconds);
            }
        });
        return builder;
    }

    private static boolean isSupported(SocketOption<?> option) {
        try (SocketChannel channel = SocketChannel.open()) {
            return channel.supportedOptions().contains(option);
        } catch (IOException e) {
            return false;
        }
    }

    private static Region region(boolean hasServiceUrl) {
        AwsRegionProvider configured =
                new AwsRegionProviderChain(new SystemSettingsRegionProvider(), new AwsProfileRegionProvider());
        try {
            return (hasServiceUrl ? configured : new DefaultAwsRegionProviderChain()).getRegion();
        } catch (SdkClientException e) {
            if (hasServiceUrl) {
                return Region.US_EAST_1;
            }
            throw new ConfigException(List.of("AWS region: not set (expected: environment variable AWS_REGION, or a"
                    + " FunctionName that is an ARN: " + e.getMessage() + ')'));
        }
    }

    private static AwsCredentialsProvider localCredentials() {
        return AwsCredentialsProviderChain.builder()
                .credentialsProviders(
                        EnvironmentVariableCredentialsProvider.create(),
                        SystemPropertyCredentialsProvider.create(),
                        ProfileCredentialsProvider.create(),
                        StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
                .build();
    }
}
