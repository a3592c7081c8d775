package io.lambdadispatch.router.door;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.lambdadispatch.router.engine.Observation;
import io.lambdadispatch.router.engine.Pool;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether users should be sent to this router, and why not. A router without an instance is ready: the first request starts one.
 *
 * @param reasons against it, one word each; empty when it is ready
 */
record Readiness(List<String> reasons) {
    /** The router is going away. */
    private static final String LEAVING = "LEAVING";

    /** Instances cannot be started, and there is none. */
    private static final String STARTS_FAIL = "STARTS_FAIL";

    /** One more request would be refused. */
    private static final String QUEUE_FULL = "QUEUE_FULL";

    private static final JsonFactory JSON = new JsonFactory();

    static Readiness of(boolean isLeaving, Pool pool) {
        Observation books = pool.snapshot();
        List<String> reasons = new ArrayList<>();
        if (isLeaving) {
            reasons.add(LEAVING);
        }
        if (pool.failure().isPresent() && books.open() == 0) {
            reasons.add(STARTS_FAIL);
        }
        if (books.pending() >= pool.settings().maxQueued()) {
            reasons.add(QUEUE_FULL);
        }
        return new Readiness(reasons);
    }

    boolean isReady() {
        return reasons.isEmpty();
    }

    String toJson() {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("status", isReady() ? "ready" : "not ready");
            json.writeArrayFieldStart("reasons");
            for (String reason : reasons) {
                json.writeString(reason);
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return text.append('\n').toString();
    }
}
