package io.lambdadispatch.router.aws;

import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/**
 * Gives the absence of credentials a type of its own; the SDK reports it as it reports an unreachable network, and the two
 * need different people.
 */
final class RequiredCredentials implements AwsCredentialsProvider, SdkAutoCloseable {
    private final AwsCredentialsProvider provider;

    RequiredCredentials(AwsCredentialsProvider provider) {
        this.provider = provider;
    }

    /** No provider had credentials. */
    static final class MissingException extends SdkClientException {
        private static final long serialVersionUID = 1L;

        MissingException(SdkClientException cause) {
            super(SdkClientException.builder().message(cause.getMessage()).cause(cause));
        }
    }

    @Override
    public AwsCredentials resolveCredentials() {
        try {
            return provider.resolveCredentials();
        } catch (SdkClientException e) {
            throw new MissingException(e);
        }
    }

    @Override
    public void close() {
        if (provider instanceof SdkAutoCloseable closeable) {
            closeable.close();
        }
    }
}
