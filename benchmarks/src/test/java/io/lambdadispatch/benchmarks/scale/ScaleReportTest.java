package io.lambdadispatch.benchmarks.scale;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScaleReportTest {
    @TempDir
    Path directory;

    @Test
    void writesATableAndCharts() throws IOException {
        Path table = directory.resolve("scale.md");
        Path charts = directory.resolve("charts");
        ScaleReport.main(new String[] {
            "--out", table.toString(), "--charts", charts.toString(), "--size", "0.005", "zone", "spikes"
        });
        List<String> rows = Files.readAllLines(table).stream()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| scenario") && !line.startsWith("| ---"))
                .toList();
        assertEquals(2 * Contestant.values().length, rows.size(), () -> String.join("\n", rows));
        try (Stream<Path> files = Files.list(charts)) {
            assertEquals(
                    Set.of(
                            "scale-zone-waits.svg",
                            "scale-zone-invokes.svg",
                            "scale-spikes-waits.svg",
                            "scale-spikes-invokes.svg",
                            "scale-cost.svg"),
                    files.map(file -> file.getFileName().toString()).collect(Collectors.toSet()));
        }
        String cost = Files.readString(charts.resolve("scale-cost.svg"));
        assertTrue(cost.contains("plain Lambda") && cost.contains("</svg"), "text is text");
    }
}
