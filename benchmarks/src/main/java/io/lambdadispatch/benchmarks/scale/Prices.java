package io.lambdadispatch.benchmarks.scale;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * What AWS asks for, in USD.
 *
 * @param date when it did
 * @param source where it says so
 * @param perRequest for an invoke
 * @param perGigabyteSecond of invokes
 * @param perVcpuHour of Fargate, where the router runs
 * @param perGigabyteHour of Fargate
 */
record Prices(
        String date,
        String source,
        double perRequest,
        double perGigabyteSecond,
        double perVcpuHour,
        double perGigabyteHour) {

    private static final String LIST = "/io/lambdadispatch/benchmarks/aws-prices.properties";

    /** The list prices that come with the benchmarks. */
    static Prices listed() {
        Properties list = new Properties();
        try (InputStream in = Prices.class.getResourceAsStream(LIST)) {
            list.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Prices(
                list.getProperty("date"),
                list.getProperty("source"),
                usd(list, "lambda.request"),
                usd(list, "lambda.gb-second"),
                usd(list, "fargate.vcpu-hour"),
                usd(list, "fargate.gb-hour"));
    }

    private static double usd(Properties list, String name) {
        return Double.parseDouble(list.getProperty(name));
    }
}
