package io.lambdadispatch.router.door;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.lambdadispatch.router.engine.InvokeOutcome;
import io.lambdadispatch.router.engine.Observation;
import io.lambdadispatch.router.engine.Pool;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * How the router is, for operators, as JSON: whether it is leaving, and for each pool what waits and runs, its instances, and why
 * instances cannot be started, if so. The failure's message stays in the log, for it may name what not everybody who
 * reaches the control port needs to know.
 */
final class HealthReport {
    private static final JsonFactory JSON = new JsonFactory();

    private HealthReport() {}

    static String of(boolean isLeaving, Collection<Pool> pools) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("status", isLeaving ? "leaving" : "serving");
            json.writeArrayFieldStart("pools");
            for (Pool pool : pools) {
                write(pool, json);
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return text.append('\n').toString();
    }

    private static void write(Pool pool, JsonGenerator json) throws IOException {
        Observation books = pool.snapshot();
        json.writeStartObject();
        json.writeStringField("pool", pool.id());
        json.writeNumberField("queuedRequests", books.pending());
        json.writeNumberField("runningRequests", books.running());
        json.writeNumberField("startingInstances", books.starting());
        json.writeNumberField("openInstances", books.open());
        json.writeNumberField("drainingInstances", books.draining());
        Optional<InvokeOutcome.Failed> failure = pool.failure();
        if (failure.isPresent()) {
            json.writeStringField("startsFail", failure.get().reason().name());
            json.writeNumberField("nextStartInMs", TimeUnit.NANOSECONDS.toMillis(pool.retryAfterNanos()));
        }
        json.writeEndObject();
    }
}
