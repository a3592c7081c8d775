import io.lambdadispatch.client.rehearsal.Stage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * How long does a cold start of the client take, from the start of its process to its first open channel at the router?
 *
 * <p>Workload: the distribution's {@code bootstrap} on one CPU, its Runtime API, its router (over TLS 1.3, pinned, as
 * routers are by default, or over h2c) and an app that is healthy from the first moment, all in this JVM, warm, which
 * {@code benchmarks/run} keeps to the other CPUs. The invoke is there before the client asks for it. Each start is a new
 * process; a first one, not counted, fills the disk's cache. Run it by {@code benchmarks/run start}.
 *
 * <p>Arguments: what is measured, in words; the bootstrap; how many starts; https or http.
 */
final class StartBenchmark {
    private StartBenchmark() {}

    /** From the start to the first channel: the time by the clock, and what of it the process had of a CPU. */
    private record Start(long millis, long cpuMillis) {}

    public static void main(String[] args) throws Exception {
        String what = args[0];
        List<String> command = List.of("taskset", "-c", "0", args[1]);
        int starts = Integer.parseInt(args[2]);
        boolean secure = args[3].equals("https");
        try (Stage stage = new Stage()) {
            stage.warmUp(300);
        }
        start(command, secure);
        List<Start> all = new ArrayList<>();
        for (int i = 0; i < starts; i++) {
            all.add(start(command, secure));
        }
        long[] millis = all.stream().mapToLong(Start::millis).sorted().toArray();
        long[] cpu = all.stream().mapToLong(Start::cpuMillis).sorted().toArray();
        System.out.printf(
                "%-24s %-5s  median %4d ms (least %d, most %d, of %d), CPU median %4d ms, least %d%n",
                what, args[3], millis[starts / 2], millis[0], millis[starts - 1], starts, cpu[starts / 2], cpu[0]);
        System.exit(0);
    }

    private static Start start(List<String> command, boolean secure) throws Exception {
        try (Stage stage = new Stage()) {
            AtomicLong cpuNanos = new AtomicLong();
            stage.onFirstChannel(() -> cpuNanos.set(cpuNanos(stage.pid())));
            long begun = System.nanoTime();
            stage.startClient(command, Map.of());
            long open = stage.invoke(secure, 0);
            return new Start(
                    TimeUnit.NANOSECONDS.toMillis(open - begun), TimeUnit.NANOSECONDS.toMillis(cpuNanos.get()));
        }
    }

    /** What all threads of the process have had, by the scheduler's books: exact, where /proc/pid/stat counts in 10 ms. */
    private static long cpuNanos(long pid) {
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
            return threads.mapToLong(StartBenchmark::cpuNanos).sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long cpuNanos(Path thread) {
        try {
            return Long.parseLong(Files.readString(thread.resolve("schedstat")).split(" ")[0]);
        } catch (IOException e) {
            return 0;
        }
    }
}
