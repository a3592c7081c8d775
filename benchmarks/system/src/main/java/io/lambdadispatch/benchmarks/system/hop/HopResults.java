package io.lambdadispatch.benchmarks.system.hop;

import io.lambdadispatch.benchmarks.system.Median;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** All rounds, and what to make of them. */
final class HopResults {
    private final Map<Workload, Map<String, Rounds>> rounds = new LinkedHashMap<>();

    /** Those of one side with one workload. */
    record Rounds(SideKind kind, List<Round> all) {
        /** Each figure the median of all rounds, for itself; errors are those of all rounds together. */
        Round median() {
            int hops = all.get(0).hopMicros().size();
            return new Round(
                    Median.of(all.stream().mapToDouble(Round::requestsPerSecond)),
                    Median.of(all.stream().mapToDouble(Round::p50Millis)),
                    Median.of(all.stream().mapToDouble(Round::p99Millis)),
                    all.stream().mapToLong(Round::errors).sum(),
                    IntStream.range(0, hops)
                            .mapToObj(hop -> Median.of(all.stream()
                                    .mapToDouble(round -> round.hopMicros().get(hop))))
                            .toList(),
                    Median.of(all.stream().mapToDouble(Round::heapBytes)));
        }
    }

    void add(Workload workload, Side side, Round round) {
        rounds.computeIfAbsent(workload, unused -> new LinkedHashMap<>())
                .computeIfAbsent(side.name(), unused -> new Rounds(side.kind(), new ArrayList<>()))
                .all()
                .add(round);
    }

    Iterable<Workload> workloads() {
        return rounds.keySet();
    }

    /** By the sides' names, in the order in which they were measured. */
    Map<String, Rounds> sides(Workload workload) {
        return rounds.get(workload);
    }

    /** The pair of that kind that takes the least CPU there. */
    Optional<Round> cheapest(SideKind pair, Workload workload) {
        return sides(workload).values().stream()
                .filter(side -> side.kind() == pair)
                .map(Rounds::median)
                .min(Comparator.comparingDouble(Round::cpuMicros));
    }
}
