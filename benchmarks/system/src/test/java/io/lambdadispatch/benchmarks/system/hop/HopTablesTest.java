package io.lambdadispatch.benchmarks.system.hop;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class HopTablesTest {
    private final HopResults results = new HopResults();

    @Test
    void oursStandBesideTheCheapestPairOfTheirKind() {
        measure(SideKind.PAIR, "older", 1000, 4, 10, 10);
        measure(SideKind.PAIR, "newer", 2000, 2, 20, 20);
        measure(SideKind.PAIR_TLS, "older, TLS", 500, 8, 20, 20);
        measure(SideKind.ROUTER, "ours", 1500, 5, 20, 10);
        measure(SideKind.ROUTER_TLS, "ours, TLS", 1000, 4, 30, 20);

        String text = HopTables.of(results);

        assertTrue(text.contains("| ping, 20 connections | ours | 1.50 × | 1.50 × | 1.25 × |"), text);
        assertTrue(text.contains("| ping, 20 connections | ours, TLS | 1.25 × | 2.00 × | 0.50 × |"), text);
        assertTrue(text.contains("| ours | 1,500 | 1.00 ms | 5.00 ms | 30.0 us | 20.0 + 10.0 | 13,000 | 0 |"), text);
    }

    @Test
    void withoutAPairThereIsNothingToCompare() {
        measure(SideKind.ROUTER, "ours", 1500, 5, 20, 10);

        assertFalse(HopTables.of(results).contains("×"), HopTables.of(results));
    }

    private void measure(SideKind kind, String name, double rate, double p99, double... hops) {
        List<Double> hopMicros = Arrays.stream(hops).boxed().toList();
        results.add(
                Workload.PING_20,
                new ProxySide(kind, name, 1, List.of()),
                new Round(rate, 1, p99, 0, hopMicros, kind.isLambdaDispatch() ? 13_000 : Double.NaN));
    }
}
