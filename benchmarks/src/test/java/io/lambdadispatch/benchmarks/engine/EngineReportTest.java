package io.lambdadispatch.benchmarks.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmarks run, if only for a moment and in this JVM: what they measure here means nothing. */
class EngineReportTest {
    @TempDir
    Path directory;

    @Test
    void writesARowForEachOperationAndNumberOfThreads() throws Exception {
        Path table = directory.resolve("engine.md");
        EngineReport.main(new String[] {
            "--out",
            table.toString(),
            "-f",
            "0",
            "-wi",
            "0",
            "-i",
            "1",
            "-r",
            "10ms",
            "-p",
            "instances=2",
            "-p",
            "queued=10"
        });
        List<String> rows = Files.readAllLines(table).stream()
                .filter(line -> line.matches("\\| [a-z][A-Za-z]+ \\| \\d.*"))
                .map(line -> line.replaceAll("^\\| (\\w+) \\| (\\d) \\| (\\d+) \\| (\\d+) \\|.*", "$1 $2 $3 $4"))
                .toList();
        assertEquals(
                List.of(
                        "matchAtOnce 1 2 0",
                        "matchAtOnce 2 2 0",
                        "matchFromQueue 1 2 10",
                        "matchFromQueue 2 2 10",
                        "queueAndCancel 1 2 10",
                        "queueAndCancel 2 2 10"),
                rows);
    }
}
