package io.lambdadispatch.demo;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** {@code /debug}: what the process knows of itself. */
final class DebugRoute {
    private DebugRoute() {}

    static void debug(Request request, Response response, Callback callback) throws IOException {
        Runtime jvm = Runtime.getRuntime();
        RequestCounters.Figures requests = RequestCounters.ALL.figures();
        Answers.json(
                json -> {
                    json.writeNumberField("pid", ProcessHandle.current().pid());
                    json.writeNumberField(
                            "uptimeMs", ManagementFactory.getRuntimeMXBean().getUptime());
                    json.writeNumberField("heapUsedBytes", jvm.totalMemory() - jvm.freeMemory());
                    json.writeNumberField("heapMaxBytes", jvm.maxMemory());
                    json.writeStringField("java", System.getProperty("java.version"));
                    json.writeNumberField("requests", requests.total());
                    json.writeNumberField("requestsInFlight", requests.current());
                    json.writeNumberField("requestsInFlightMost", requests.most());
                    json.writeObjectFieldStart("environment");
                    for (Map.Entry<String, String> variable : new TreeMap<>(System.getenv()).entrySet()) {
                        if (isShown(variable.getKey())) {
                            json.writeStringField(variable.getKey(), variable.getValue());
                        }
                    }
                    json.writeEndObject();
                },
                response,
                callback);
    }

    // Not all: an environment holds secrets.
    private static boolean isShown(String name) {
        return name.startsWith("AWS_LAMBDA") || name.startsWith("LAMBDA_DISPATCH");
    }
}
