package io.lambdadispatch.benchmarks.system.hop;

import io.lambdadispatch.benchmarks.system.BarChart;
import io.lambdadispatch.benchmarks.system.BarChart.Bar;
import io.lambdadispatch.benchmarks.system.BarChart.Panel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Results as bars, a panel a workload. */
record HopCharts(HopResults results) {
    String cpu() {
        return chart("CPU a request of the hops' own processes, us (less is better)", Round::cpuMicros);
    }

    String throughput() {
        return chart("Requests a second (more is better)", Round::requestsPerSecond);
    }

    String tail() {
        return chart("99th percentile of latency, ms (less is better)", Round::p99Millis);
    }

    private String chart(String title, ToDoubleFunction<Round> figure) {
        List<Panel> panels = new ArrayList<>();
        for (Workload workload : results.workloads()) {
            List<Bar> bars = new ArrayList<>();
            results.sides(workload)
                    .forEach((name, side) -> bars.add(new Bar(
                            name,
                            figure.applyAsDouble(side.median()),
                            side.kind().isLambdaDispatch())));
            panels.add(new Panel(workload.label(), bars));
        }
        return new BarChart(title, panels).toSvg();
    }
}
