package io.lambdadispatch.router.aws;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/**
 * What AWS tells a machine about itself. Each call blocks for at most twice the time-out. Not thread-safe.
 *
 * @see <a href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html">Instance
 *     metadata (IMDSv2)</a>
 * @see <a href="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4.html">ECS task
 *     metadata, version 4</a>
 */
final class MetadataService {
    static final URI EC2 = URI.create("http://169.254.169.254");

    private static final JsonFactory JSON = new JsonFactory();

    private final URI ec2;
    private final Duration timeout;
    private HttpClient client;

    /** A question that may have no answer here. */
    interface Question {
        String ask() throws UnavailableException;
    }

    /** The service is not there, or does not know; the message says which. */
    static final class UnavailableException extends Exception {
        private static final long serialVersionUID = 1L;

        UnavailableException(String message) {
            super(message);
        }
    }

    MetadataService(URI ec2, Duration timeout) {
        this.ec2 = ec2;
        this.timeout = timeout;
    }

    /** This instance's private IPv4 address, by IMDSv2. */
    String ec2Address() throws UnavailableException {
        String token = send(HttpRequest.newBuilder(ec2.resolve("/latest/api/token"))
                .PUT(HttpRequest.BodyPublishers.noBody())
                .header("X-aws-ec2-metadata-token-ttl-seconds", "60"));
        return send(HttpRequest.newBuilder(ec2.resolve("/latest/meta-data/local-ipv4"))
                        .header("X-aws-ec2-metadata-token", token))
                .strip();
    }

    /**
     * The first IPv4 address of this task's own network interface.
     *
     * @param endpoint of this container's metadata
     */
    String ecsAddress(String endpoint) throws UnavailableException {
        String json;
        try {
            json = send(HttpRequest.newBuilder(URI.create(endpoint)));
        } catch (IllegalArgumentException e) {
            throw new UnavailableException("no URL: " + endpoint);
        }
        try (JsonParser parser = JSON.createParser(json)) {
            String address = awsvpcAddress(parser);
            if (address != null) {
                return address;
            }
        } catch (IOException e) {
            throw new UnavailableException("not JSON: " + e.getMessage());
        }
        throw new UnavailableException("no network with NetworkMode awsvpc and an IPv4 address");
    }

    /** Reads {@code {"Networks": [{"NetworkMode": "awsvpc", "IPv4Addresses": ["10.0.2.106"], …}], …}}. */
    private static String awsvpcAddress(JsonParser json) throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            return null;
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            boolean isNetworks = json.currentName().equals("Networks");
            if (json.nextToken() == JsonToken.START_ARRAY && isNetworks) {
                while (json.nextToken() == JsonToken.START_OBJECT) {
                    String address = networkAddress(json);
                    if (address != null) {
                        return address;
                    }
                }
            } else {
                json.skipChildren();
            }
        }
        return null;
    }

    private static String networkAddress(JsonParser json) throws IOException {
        boolean isAwsvpc = false;
        String address = null;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            JsonToken value = json.nextToken();
            if (name.equals("NetworkMode")) {
                isAwsvpc = "awsvpc".equals(json.getValueAsString());
            } else if (name.equals("IPv4Addresses") && value == JsonToken.START_ARRAY) {
                while (json.nextToken() == JsonToken.VALUE_STRING) {
                    address = address == null ? json.getText() : address;
                }
            } else {
                json.skipChildren();
            }
        }
        return isAwsvpc ? address : null;
    }

    private String send(HttpRequest.Builder request) throws UnavailableException {
        try {
            var response = client().send(request.timeout(timeout).build(), BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new UnavailableException("status " + response.statusCode() + " of " + response.uri());
            }
            return response.body();
        } catch (IOException e) {
            String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            throw new UnavailableException(message);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnavailableException("interrupted");
        }
    }

    /** Made when it is needed and not before: it has a thread, which ends only when the garbage collector finds the client. */
    private HttpClient client() {
        if (client == null) {
            // No proxy: these addresses mean another machine there.
            client = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .proxy(HttpClient.Builder.NO_PROXY)
                    .connectTimeout(timeout)
                    .build();
        }
        return client;
    }
}
