package io.lambdadispatch.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.testkit.Await;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Neither a waiting request nor an open channel costs a thread, on either side. */
@EnabledOnOs(OS.LINUX)
@Tag("processes")
class ThreadsIT {
    private static final int WAITING = 1_000;
    private static final int MOST_THREADS = 100;
    private static final Pattern THREADS = Pattern.compile("(?m)^Threads:\\s+(\\d+)$");

    @Test
    void aThousandUsersWaitWithoutAThreadEach() throws Exception {
        try (LocalSystem system = LocalSystem.named("threads")
                .setting("MaxConcurrentCount", "100")
                .setting("ChannelCount", "100")
                .option("--concurrency", "2")
                .start()) {
            List<CompletableFuture<HttpResponse<Void>>> answers = new ArrayList<>();
            for (int i = 0; i < WAITING; i++) {
                answers.add(system.http()
                        .sendAsync(system.request("/delay?delay=2000").build(), BodyHandlers.discarding()));
            }
            Await.until("the first answers are in", () -> answers.stream().anyMatch(CompletableFuture::isDone));
            int router = threads(system.routerPid());
            List<Integer> clients = clientThreads();
            assertTrue(router < MOST_THREADS, router + " threads in the router");
            assertTrue(!clients.isEmpty(), "no client found");
            assertTrue(clients.stream().allMatch(count -> count < MOST_THREADS), clients + " threads in the clients");
            for (CompletableFuture<HttpResponse<Void>> answer : answers) {
                assertTrue(answer.get().statusCode() == 200);
            }
        }
    }

    /** Of the Lambda clients below this test. */
    private static List<Integer> clientThreads() throws IOException {
        List<Integer> counts = new ArrayList<>();
        try (Stream<ProcessHandle> descendants = ProcessHandle.current().descendants()) {
            for (ProcessHandle process : descendants.toList()) {
                String line = process.info().commandLine().orElse("");
                if (line.contains("lambda-dispatch-client") && line.contains("java")) {
                    counts.add(threads(process.pid()));
                }
            }
        }
        return counts;
    }

    private static int threads(long pid) throws IOException {
        Matcher matcher = THREADS.matcher(Files.readString(Path.of("/proc/" + pid + "/status")));
        if (!matcher.find()) {
            throw new IOException("no thread count for process " + pid);
        }
        return Integer.parseInt(matcher.group(1));
    }
}
