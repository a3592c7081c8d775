package io.lambdadispatch.benchmarks.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Some processes of this machine, and what they use of it, as {@code /proc} tells it. Linux only. */
public final class Processes {
    /** Linux counts CPU time for {@code /proc} in ticks of 10 ms, whatever the kernel's own clock. */
    private static final long MICROS_A_TICK = 10_000;

    private static final int USER_TIME = 11;
    private static final int SYSTEM_TIME = 12;

    private final List<ProcessHandle> processes;

    private Processes(List<ProcessHandle> processes) {
        this.processes = processes;
    }

    /** That one and all below it. */
    public static Processes under(ProcessHandle root) {
        return new Processes(Stream.concat(Stream.of(root), root.descendants()).toList());
    }

    /** That one and all below it, by id. */
    public static Processes under(long pid) throws IOException {
        return under(ProcessHandle.of(pid).orElseThrow(() -> new IOException("no process " + pid)));
    }

    /** These and those. */
    public Processes and(Processes others) {
        return new Processes(Stream.concat(processes.stream(), others.processes.stream())
                .distinct()
                .toList());
    }

    /** What they have had of the CPUs since they were started, in us. */
    public long cpuMicros() throws IOException {
        long ticks = 0;
        for (ProcessHandle process : processes) {
            String stat = Files.readString(proc(process, "stat"));
            // The name before may have spaces in it.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            ticks += Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME]);
        }
        return ticks * MICROS_A_TICK;
    }

    /** What they have in memory, in bytes. */
    public long residentBytes() throws IOException {
        return 1024 * sum("VmRSS:");
    }

    public long threads() throws IOException {
        return sum("Threads:");
    }

    private long sum(String field) throws IOException {
        long sum = 0;
        for (ProcessHandle process : processes) {
            for (String line : Files.readAllLines(proc(process, "status"))) {
                if (line.startsWith(field)) {
                    sum += Long.parseLong(line.replaceAll("\\D", ""));
                }
            }
        }
        return sum;
    }

    private static Path proc(ProcessHandle process, String file) {
        return Path.of("/proc", Long.toString(process.pid()), file);
    }
}
