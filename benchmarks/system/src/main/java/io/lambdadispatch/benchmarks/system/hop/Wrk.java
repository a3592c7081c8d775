package io.lambdadispatch.benchmarks.system.hop;

import io.lambdadispatch.benchmarks.system.Processes;
import io.lambdadispatch.benchmarks.system.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Load by wrk, on one thread: as many users as there are connections, each of whom asks again when he is answered. */
final class Wrk {
    private static final Pattern RESULT = Pattern.compile("result ([0-9. ]+)\n");

    private static final String SCRIPT = """
            if %1$d > 0 then
              wrk.method = "POST"
              wrk.body = string.rep("x", %1$d)
              wrk.headers["Content-Type"] = "application/octet-stream"
            end
            done = function(summary, latency, requests)
              local e = summary.errors
              io.write(string.format("result %%d %%d %%d %%d %%d\\n", summary.requests, summary.duration,
                latency:percentile(50), latency:percentile(99), e.connect + e.read + e.write + e.status + e.timeout))
            end
            """;

    private final Path program;
    private final Path logs;

    Wrk(Path program, Path logs) {
        this.program = program;
        this.logs = logs;
    }

    Round load(Side side, Workload workload, int seconds) throws IOException, InterruptedException {
        Path script = Files.writeString(
                logs.resolve("wrk-" + workload.bodyBytes() + ".lua"), SCRIPT.formatted(workload.bodyBytes()));
        List<String> command = List.of(
                program.toString(),
                "--threads",
                "1",
                "--connections",
                Integer.toString(workload.connections()),
                "--duration",
                seconds + "s",
                "--timeout",
                "30s",
                "--script",
                script.toString(),
                "http://127.0.0.1:" + side.port() + workload.path());
        Processes hops = side.hops();
        long cpuBefore = hops.cpuMicros();
        try (Service wrk = Service.start("wrk", command, Map.of(), logs)) {
            String[] result = wrk.awaitLine(RESULT).split(" ", -1);
            double requests = Math.max(1, Long.parseLong(result[0]));
            double cpu = (hops.cpuMicros() - cpuBefore) / requests;
            double took = Long.parseLong(result[1]) / 1e6;
            return new Round(
                    requests / took,
                    Long.parseLong(result[2]) / 1e3,
                    Long.parseLong(result[3]) / 1e3,
                    Long.parseLong(result[4]),
                    cpu);
        }
    }
}
