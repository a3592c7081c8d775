package io.lambdadispatch.benchmarks.system.hop;

import io.lambdadispatch.benchmarks.system.JavaHeap;
import io.lambdadispatch.benchmarks.system.Processes;
import io.lambdadispatch.benchmarks.system.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Load by wrk, on one thread: as many users as there are connections, each of whom asks again when they have their response. */
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
        List<Processes> hops = side.hops();
        Map<Long, Long> heapBefore =
                side.heap().map(JavaHeap::allocatedByThread).orElse(Map.of());
        List<Long> cpuBefore = cpuMicros(hops);
        try (Service wrk = Service.start("wrk", command, Map.of(), logs)) {
            String[] result = wrk.awaitLine(RESULT).split(" ", -1);
            List<Long> cpuAfter = cpuMicros(hops);
            double requests = Math.max(1, Long.parseLong(result[0]));
            double took = Long.parseLong(result[1]) / 1e6;
            return new Round(
                    requests / took,
                    Long.parseLong(result[2]) / 1e3,
                    Long.parseLong(result[3]) / 1e3,
                    Long.parseLong(result[4]),
                    IntStream.range(0, hops.size())
                            .mapToObj(hop -> (cpuAfter.get(hop) - cpuBefore.get(hop)) / requests)
                            .toList(),
                    side.heap()
                            .map(heap -> heap.allocatedSince(heapBefore) / requests)
                            .orElse(Double.NaN));
        }
    }

    private static List<Long> cpuMicros(List<Processes> hops) throws IOException {
        List<Long> all = new ArrayList<>();
        for (Processes hop : hops) {
            all.add(hop.cpuMicros());
        }
        return all;
    }
}
