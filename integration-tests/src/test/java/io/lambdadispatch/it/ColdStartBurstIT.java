package io.lambdadispatch.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A crowd that comes while nothing runs waits in the queue, not each for a cold start of his own, and all are served. */
@Tag("processes")
class ColdStartBurstIT {
    private static final int REQUESTS = 2_000;

    @Test
    void aCrowdIsServedAfterOneColdStart() throws Exception {
        try (LocalSystem system = LocalSystem.named("cold-start-burst")
                .option("--cold-start", "3000")
                // The machine that tests has two cores: more environments than this would only wait for each other.
                .option("--concurrency", "4")
                .start()) {
            List<CompletableFuture<HttpResponse<Void>>> answers = new ArrayList<>();
            for (int i = 0; i < REQUESTS; i++) {
                answers.add(system.http()
                        .sendAsync(system.request("/delay?delay=20").build(), BodyHandlers.discarding()));
            }
            Map<Integer, Integer> byStatus = new TreeMap<>();
            for (CompletableFuture<HttpResponse<Void>> answer : answers) {
                byStatus.merge(answer.get().statusCode(), 1, Integer::sum);
            }
            assertEquals(Map.of(200, REQUESTS), byStatus);
        }
    }
}
