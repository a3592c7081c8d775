package io.lambdadispatch.benchmarks.system;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
        for (long pid : busyPids(stats())) {
            Processes one = Processes.under(pid);
            all = all == null ? one : all.and(one);
        }
        if (all == null) {
            throw new IOException("no environment is busy");
        }
        return all;
    }

    private static List<Long> busyPids(String stats) throws IOException {
        List<Long> pids = new ArrayList<>();
        try (JsonParser json = new JsonFactory().createParser(stats)) {
            long pid = 0;
            while (json.nextToken() != null) {
                if (json.currentToken() == JsonToken.VALUE_NUMBER_INT
                        && json.currentName().equals("pid")) {
                    pid = json.getLongValue();
                } else if (json.currentToken() == JsonToken.VALUE_STRING
                        && json.currentName().equals("state")
                        && json.getText().equals("BUSY")) {
                    pids.add(pid);
                }
            }
        }
        return pids;
    }

    /** One of its counts, such as {@code billedMs}; 0 when it has none yet. */
    public long count(String name) throws IOException, InterruptedException {
        try (JsonParser json = new JsonFactory().createParser(stats())) {
            while (json.nextToken() != null) {
                if (json.currentToken() == JsonToken.VALUE_NUMBER_INT
                        && json.currentName().equals(name)) {
                    return json.getLongValue();
                }
            }
            return 0;
        }
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
