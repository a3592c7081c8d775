package io.lambdadispatch.benchmarks.scale;

import io.lambdadispatch.benchmarks.scale.Environments.Bill;
import java.time.Duration;

/**
 * What a story has cost, in USD, by what was simulated and what is assumed: functions of 1 GB with and without a router;
 * routers as large as the busiest moment needs at half of their CPU, all the time, two vCPUs at least. What both need alike
 * (load balancer, transfer, logs) is left out, and so is API Gateway.
 *
 * @param lambda for invokes
 * @param router for its machines
 */
record Cost(double lambda, double router) {
    private static final double FUNCTION_GIGABYTES = 1;

    /** Three times and more of what was measured for a small request: TLS and larger ones are to be paid as well. */
    private static final double ROUTER_CPU_SECONDS_PER_REQUEST = 150e-6;

    private static final double ROUTER_CPU_SHARE = 0.5;
    private static final int LEAST_VCPUS = 2;
    private static final double GIGABYTES_PER_VCPU = 2;

    /** The invokes. */
    static Cost ofLambda(Bill bill, Prices prices) {
        double gigabyteSeconds = bill.seconds() * FUNCTION_GIGABYTES;
        return new Cost(bill.invokes() * prices.perRequest() + gigabyteSeconds * prices.perGigabyteSecond(), 0);
    }

    /**
     * The same with routers.
     *
     * @param busiest requests per second, at most
     */
    Cost withRouters(double busiest, Duration length, Prices prices) {
        double needed = busiest * ROUTER_CPU_SECONDS_PER_REQUEST / ROUTER_CPU_SHARE;
        double vcpuHours = Math.max(LEAST_VCPUS, Math.ceil(needed)) * length.toMillis() / 3.6e6;
        return new Cost(
                lambda, router + vcpuHours * (prices.perVcpuHour() + GIGABYTES_PER_VCPU * prices.perGigabyteHour()));
    }

    double total() {
        return lambda + router;
    }
}
