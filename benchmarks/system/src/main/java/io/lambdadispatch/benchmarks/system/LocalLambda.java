package io.lambdadispatch.benchmarks.system;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** The packaged local-lambda, on a free port. */
public final class LocalLambda implements AutoCloseable {
    private static final Pattern URL = Pattern.compile("local-lambda listens on (http:\\S+)");

    private final Service service;
    private final String url;

    private LocalLambda(Service service) throws IOException, InterruptedException {
        this.service = service;
        this.url = service.awaitLine(URL);
    }

    /** Starts it; it takes invokes when this returns. */
    public static LocalLambda start(Path logs, List<String> options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Installation.localLambda().toString(), "--port", "0", "--log-dir", logs.toString()));
        command.addAll(options);
        return new LocalLambda(Service.start("local-lambda", command, Map.of(), logs));
    }

    /** Of its Invoke API. */
    public String url() {
        return url;
    }

    /** The processes of those environments that run an invoke. */
    public Processes busyEnvironments() throws IOException, InterruptedException {
        Processes all = null;
        for (long pid : pids(stats(), "BUSY"::equals)) {
            Processes one = Processes.under(pid);
            all = all == null ? one : all.and(one);
        }
        if (all == null) {
            throw new IOException("no environment is busy");
        }
        return all;
    }

    /** The ids of all environments' processes. */
    public List<Long> environments() throws IOException, InterruptedException {
        return pids(stats(), anyState -> true);
    }

    private static List<Long> pids(String stats, Predicate<String> state) throws IOException {
        List<Long> pids = new ArrayList<>();
        try (JsonParser json = new JsonFactory().createParser(stats)) {
            long pid = 0;
            while (json.nextToken() != null) {
                if (isNumber(json, "pid")) {
                    pid = json.getLongValue();
                } else if (json.currentToken() == JsonToken.VALUE_STRING
                        && "state".equals(json.currentName())
                        && state.test(json.getText())) {
                    pids.add(pid);
                }
            }
        }
        return pids;
    }

    /** The figures of its only function. */
    public LambdaUsage usage() throws IOException, InterruptedException {
        Map<String, Long> counts = new HashMap<>();
        long runningMs = 0;
        long working = 0;
        try (JsonParser json = new JsonFactory().createParser(stats())) {
            while (json.nextToken() != null) {
                if (json.currentToken() == JsonToken.VALUE_NUMBER_INT) {
                    // The function's own counts come before those of its environments.
                    counts.putIfAbsent(json.currentName(), json.getLongValue());
                    runningMs += json.currentName().equals("busyMs") ? json.getLongValue() : 0;
                } else if (isState(json, "BUSY") || isState(json, "STARTING")) {
                    working++;
                }
            }
        }
        return new LambdaUsage(
                counts.get("invokes"),
                counts.get("coldStarts"),
                counts.get("billedMs") + runningMs,
                counts.get("initMs"),
                working);
    }

    private static boolean isNumber(JsonParser json, String field) throws IOException {
        return json.currentToken() == JsonToken.VALUE_NUMBER_INT && field.equals(json.currentName());
    }

    private static boolean isState(JsonParser json, String state) throws IOException {
        return json.currentToken() == JsonToken.VALUE_STRING
                && "state".equals(json.currentName())
                && state.equals(json.getText());
    }

    private String stats() throws IOException, InterruptedException {
        return Http.get(url + "/local-lambda/stats");
    }

    /** Ends it, and all environments. */
    @Override
    public void close() {
        service.close();
    }
}
