package io.lambdadispatch.router.metrics;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * CloudWatch's embedded metric format: one JSON object, in which CloudWatch Logs finds the figures and their names, units and
 * dimensions.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html">
 *     Specification</a>
 */
final class EmbeddedMetrics {
    private static final String NAMESPACE = "LambdaDispatch";
    private static final String FUNCTION = "FunctionName";
    private static final String POOL = "Pool";
    private static final Duration STANDARD_RESOLUTION = Duration.ofSeconds(60);

    private static final JsonFactory JSON = new JsonFactory();

    private EmbeddedMetrics() {}

    /** The line, without its end. */
    static String line(String function, String poolId, List<Figure> figures, Instant at, Duration period) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeObjectFieldStart("_aws");
            json.writeNumberField("Timestamp", at.toEpochMilli());
            json.writeArrayFieldStart("CloudWatchMetrics");
            directive(figures, period, json);
            json.writeEndArray();
            json.writeEndObject();
            json.writeStringField(FUNCTION, function);
            json.writeStringField(POOL, poolId);
            for (Figure figure : figures) {
                json.writeNumberField(figure.name(), figure.value());
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return text.toString();
    }

    private static void directive(List<Figure> figures, Duration period, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("Namespace", NAMESPACE);
        json.writeArrayFieldStart("Dimensions");
        json.writeArray(new String[] {FUNCTION, POOL}, 0, 2);
        json.writeEndArray();
        json.writeArrayFieldStart("Metrics");
        int resolution = period.compareTo(STANDARD_RESOLUTION) < 0 ? 1 : 60;
        for (Figure figure : figures) {
            json.writeStartObject();
            json.writeStringField("Name", figure.name());
            json.writeStringField("Unit", figure.unit().toString());
            json.writeNumberField("StorageResolution", resolution);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
