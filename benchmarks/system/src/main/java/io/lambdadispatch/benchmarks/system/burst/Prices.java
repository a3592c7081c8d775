package io.lambdadispatch.benchmarks.system.burst;

import io.lambdadispatch.benchmarks.system.LambdaUsage;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** AWS's list prices, from aws-prices.properties, where their source is named. */
record Prices(String date, double gbSecond, double request) {
    private static final String LIST = "/io/lambdadispatch/benchmarks/aws-prices.properties";

    static Prices read() throws IOException {
        Properties prices = new Properties();
        try (InputStream input = Prices.class.getResourceAsStream(LIST)) {
            prices.load(input);
        }
        return new Prices(
                prices.getProperty("date"),
                Double.parseDouble(prices.getProperty("lambda.gb-second")),
                Double.parseDouble(prices.getProperty("lambda.request")));
    }

    /** US dollars. */
    double of(LambdaUsage usage, int memoryMb) {
        return usage.billedMs() / 1e3 * memoryMb / 1024 * gbSecond + usage.invokes() * request;
    }
}
