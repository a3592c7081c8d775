package io.lambdadispatch.router.aws;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.lambda.LambdaAsyncClient;

class LambdaClientsTest {
    private static final Optional<URI> LOCAL = Optional.of(URI.create("http://127.0.0.1:5051"));

    @Test
    void theFunctionsArnNamesTheRegion() {
        try (LambdaAsyncClient client = LambdaClients.create(LOCAL, Optional.of("eu-north-1"))) {
            assertEquals(Region.EU_NORTH_1, client.serviceClientConfiguration().region());
        }
    }

    @Test
    void theServiceUrlIsTheEndpoint() {
        try (LambdaAsyncClient client = LambdaClients.create(LOCAL, Optional.empty())) {
            assertEquals(LOCAL, client.serviceClientConfiguration().endpointOverride());
        }
    }
}
