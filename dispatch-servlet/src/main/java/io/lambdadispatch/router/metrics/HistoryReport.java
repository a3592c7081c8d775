package io.lambdadispatch.router.metrics;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Optional;

/** What pools were like, as JSON for charts. Thread-safe. */
public final class HistoryReport {
    private static final JsonFactory JSON = new JsonFactory();

    private final PoolMetrics metrics;

    public HistoryReport(PoolMetrics metrics) {
        this.metrics = metrics;
    }

    /** The last quarter of an hour of a pool; empty when there is no such pool. */
    public Optional<String> of(String poolId) {
        PoolFigures figures = metrics.of(poolId);
        return figures == null
                ? Optional.empty()
                : Optional.of(text(json -> {
                    json.writeStartObject();
                    json.writeArrayFieldStart("columns");
                    for (String column : Sample.COLUMNS) {
                        json.writeString(column);
                    }
                    json.writeEndArray();
                    stretch(figures.history().all(), figures.now(), json);
                    json.writeEndObject();
                }));
    }

    /** The newest sample of each pool, by the pools' names. */
    public String newest() {
        return text(json -> {
            json.writeStartObject();
            for (PoolFigures figures : metrics.pools()) {
                json.writeObjectFieldStart(figures.pool().id());
                stretch(figures.history().newest(), figures.now(), json);
                json.writeEndObject();
            }
            json.writeEndObject();
        });
    }

    private static void stretch(History.Stretch stretch, long nowNanos, JsonGenerator json) throws IOException {
        json.writeNumberField("first", stretch.first());
        json.writeArrayFieldStart("samples");
        for (Sample sample : stretch.all()) {
            sample.write(json, nowNanos);
        }
        json.writeEndArray();
    }

    @FunctionalInterface
    private interface Content {
        void write(JsonGenerator json) throws IOException;
    }

    private static String text(Content content) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            content.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return text.toString();
    }
}
