package io.lambdadispatch.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lambdadispatch.it.load.DemoWorkload;
import io.lambdadispatch.it.load.LoadGenerator;
import io.lambdadispatch.it.load.LoadReport;
import java.net.URI;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What {@code benchmarks/run scaling} measures; no test, because it judges by the clock. */
class ScalingBenchmark {
    private static final int AT_ONCE = 200;
    private static final int SERVICE_MS = 200;
    private static final int COLD_START_MS = 5_000;
    private static final double PER_SECOND = 100;
    private static final Duration LOAD = Duration.ofSeconds(60);
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Test
    void burstFromZero() throws Exception {
        try (LocalSystem system = system("scaling-burst", "900")
                .option("--cold-start", Integer.toString(COLD_START_MS))
                .start()) {
            long start = System.nanoTime();
            List<CompletableFuture<Long>> answers = new ArrayList<>();
            for (int i = 0; i < AT_ONCE; i++) {
                answers.add(system.http()
                        .sendAsync(system.request("/delay?delay=" + SERVICE_MS).build(), BodyHandlers.discarding())
                        .thenApply(ScalingBenchmark::answeredAt));
            }
            long last = start;
            for (CompletableFuture<Long> answer : answers) {
                last = Math.max(last, answer.get());
            }
            System.out.printf(
                    "%d requests of %d ms at once, from no instance, cold start of %d ms and what the processes need: the last"
                            + " answer after %d ms, %d environments started%n",
                    AT_ONCE, SERVICE_MS, COLD_START_MS, (last - start) / 1_000_000, system.count("coldStarts"));
        }
    }

    private static long answeredAt(HttpResponse<Void> answer) {
        assertEquals(200, answer.statusCode());
        return System.nanoTime();
    }

    @Test
    void steadyLoadWithoutAndWithDeadlines() throws Exception {
        // Clients leave 15 s before their deadline: each instance 10 s after its start.
        for (String timeoutSeconds : List.of("900", "25")) {
            try (LocalSystem system = system("scaling-deadlines-" + timeoutSeconds, timeoutSeconds)
                    .start()) {
                load(system, PER_SECOND / 2, Duration.ofSeconds(15));
                LoadReport report = load(system, PER_SECOND, LOAD);
                assertEquals(List.of(), report.bad());
                System.out.printf(
                        "function's time-out %s s: %d instances left at their deadline; %s%n",
                        timeoutSeconds, system.routerLog().split("SelfDeadline", -1).length - 1, report);
            }
        }
    }

    private static LoadReport load(LocalSystem system, double perSecond, Duration duration) throws Exception {
        return LoadGenerator.start(URI.create(system.routerUrl()), new DemoWorkload(7), perSecond, duration, LIMIT)
                .await();
    }

    private static LocalSystem.Builder system(String name, String timeoutSeconds) {
        return LocalSystem.named(name)
                .setting("ScalingAlgorithm", "adaptive")
                .option("--timeout", timeoutSeconds)
                .option("--concurrency", "40");
    }
}
