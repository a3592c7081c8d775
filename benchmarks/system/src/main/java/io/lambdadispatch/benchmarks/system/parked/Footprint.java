package io.lambdadispatch.benchmarks.system.parked;

import io.lambdadispatch.benchmarks.system.Processes;
import io.lambdadispatch.benchmarks.system.Router;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the router holds at a moment.
 *
 * @param heapBytes of objects that are in use, after a full garbage collection
 * @param residentBytes of the process
 * @param classes bytes in use by class
 */
record Footprint(long heapBytes, long residentBytes, long threads, Map<String, Long> classes) {
    private static final Pattern CLASS = Pattern.compile("\\s*\\d+:\\s+\\d+\\s+(\\d+)\\s+(\\S+).*");
    private static final Pattern TOTAL = Pattern.compile("Total\\s+\\d+\\s+(\\d+)");

    static Footprint of(Router router) throws IOException, InterruptedException {
        // Once for those that only a first collection sets free, such as what finalizers and cleaners hold.
        histogram(router.pid());
        List<String> lines = histogram(router.pid());
        Map<String, Long> classes = new LinkedHashMap<>();
        long total = 0;
        for (String line : lines) {
            Matcher one = CLASS.matcher(line);
            Matcher all = TOTAL.matcher(line);
            if (one.matches()) {
                classes.put(one.group(2), Long.parseLong(one.group(1)));
            } else if (all.find()) {
                total = Long.parseLong(all.group(1));
            }
        }
        if (total == 0) {
            throw new IOException("no histogram: " + lines);
        }
        Processes processes = router.processes();
        return new Footprint(total, processes.residentBytes(), processes.threads(), classes);
    }

    /** A full collection is part of it. */
    private static List<String> histogram(long pid) throws IOException, InterruptedException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        Process process = new ProcessBuilder(jcmd.toString(), Long.toString(pid), "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return text.lines().toList();
    }

    /** By class, what it has more than before, the most first. */
    List<Map.Entry<String, Long>> growthSince(Footprint before) {
        return classes.entrySet().stream()
                .map(entry ->
                        Map.entry(entry.getKey(), entry.getValue() - before.classes.getOrDefault(entry.getKey(), 0L)))
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .toList();
    }
}
