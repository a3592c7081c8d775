package io.lambdadispatch.benchmarks.system.hop;

import io.lambdadispatch.benchmarks.system.BenchmarkException;
import io.lambdadispatch.benchmarks.system.Installation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The versions of HAProxy that are measured.
 *
 * @param plain for one hop, and two over h2c
 * @param pairs for reverse HTTP, each a side of its own; none when all are too old
 */
record HaProxies(HaProxy plain, List<HaProxy> pairs) {
    private static final String PAIRS = "HAPROXY_PAIRS";

    /** Copies the list. */
    HaProxies {
        pairs = List.copyOf(pairs);
    }

    /** Those that the environment names, or else the machine's. */
    static HaProxies find(Path logs) throws IOException, BenchmarkException {
        List<HaProxy> named = new ArrayList<>();
        for (String program : System.getenv().getOrDefault(PAIRS, "").split(":", -1)) {
            if (!program.isEmpty()) {
                named.add(new HaProxy(Path.of(program), logs));
            }
        }
        HaProxy plain =
                named.isEmpty() || Installation.program("haproxy", "HAPROXY").isPresent()
                        ? new HaProxy(Installation.require("haproxy", "HAPROXY"), logs)
                        : named.get(0);
        List<HaProxy> pairs = new ArrayList<>();
        for (HaProxy each : named.isEmpty() ? List.of(plain) : named) {
            if (each.hasReverseHttp()) {
                pairs.add(each);
            } else {
                System.out.println("Left out: reverse HTTP of HAProxy " + each.version() + ", which has it since 2.9. "
                        + PAIRS + "=/path/to/haproxy:… names others.");
            }
        }
        return new HaProxies(plain, pairs);
    }

    /** Their versions, for the head of a table. */
    String describe() {
        StringBuilder text = new StringBuilder("HAProxy " + plain.version());
        pairs.stream()
                .map(HaProxy::version)
                .filter(version -> !version.equals(plain.version()))
                .forEach(version -> text.append(", ").append(version));
        return text.toString();
    }
}
