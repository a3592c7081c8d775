package io.lambdadispatch.local.billing;

import com.fasterxml.jackson.core.JsonGenerator;
import io.lambdadispatch.local.http.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;

/**
 * All that {@code GET /local-lambda/stats} tells.
 *
 * @param functions the figures of each function, by its name
 */
public record LocalLambdaStats(Map<String, FunctionStats> functions) {
    /** Copies the map. */
    public LocalLambdaStats {
        functions = Map.copyOf(functions);
    }

    /**
     * The figures of one function.
     *
     * @throws IllegalArgumentException when there is no such function
     */
    public FunctionStats function(String name) {
        FunctionStats stats = functions.get(name);
        if (stats == null) {
            throw new IllegalArgumentException("no function " + name);
        }
        return stats;
    }

    public ByteBuffer toJson() {
        return Json.object(json -> {
            json.writeObjectFieldStart("functions");
            for (Map.Entry<String, FunctionStats> function : new TreeMap<>(functions).entrySet()) {
                json.writeObjectFieldStart(function.getKey());
                write(function.getValue(), json);
                json.writeEndObject();
            }
            json.writeEndObject();
        });
    }

    private static void write(FunctionStats stats, JsonGenerator json) throws IOException {
        json.writeNumberField("environments", stats.liveEnvironments());
        json.writeNumberField("busy", stats.busy());
        for (Count count : Count.values()) {
            json.writeNumberField(count.jsonName(), stats.count(count));
        }
        json.writeArrayFieldStart("environmentList");
        for (EnvironmentStats environment : stats.environments()) {
            write(environment, json);
        }
        json.writeEndArray();
    }

    private static void write(EnvironmentStats environment, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", environment.id());
        json.writeNumberField("pid", environment.pid());
        json.writeStringField("state", environment.state().name());
        json.writeNumberField("busyMs", environment.busyMs());
        json.writeNumberField("invokes", environment.invokes());
        json.writeNumberField("port", environment.port());
        json.writeBooleanField("frozen", environment.frozen());
        json.writeEndObject();
    }
}
