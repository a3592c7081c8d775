package io.lambdadispatch.router.aws;

import io.lambdadispatch.router.config.ConfigException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
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
 */
public final class LambdaClients {
    /** Lambda's longest, 15 minutes, and a little: the function's own time-out must be the one that strikes. */
    private static final Duration INVOKE_TIMEOUT = Duration.ofMinutes(16);

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
        Region region = functionRegion.map(Region::of).orElseGet(() -> region(serviceUrl.isPresent()));
        LambdaAsyncClientBuilder builder = LambdaAsyncClient.builder()
                .region(region)
                .credentialsProvider(new RequiredCredentials(credentials))
                .httpClientBuilder(defaults -> InvokeConnections.open(INVOKE_TIMEOUT, defaults))
                // The fleet decides whether and when to invoke again; a retry here would hide a throttle from it.
                .overrideConfiguration(override -> override.retryStrategy(AwsRetryStrategy.doNotRetry())
                        .apiCallTimeout(INVOKE_TIMEOUT)
                        .apiCallAttemptTimeout(INVOKE_TIMEOUT));
        serviceUrl.ifPresent(builder::endpointOverride);
        return builder.build();
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
