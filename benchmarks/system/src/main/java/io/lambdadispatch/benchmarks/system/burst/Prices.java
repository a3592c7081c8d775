package io.lambdadispatch.benchmarks.system.burst;

import io.lambdadispatch.benchmarks.system.LambdaUsage;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** AWS's list prices, from aws-prices.properties, where their source is named. */
record Prices(String date, double gbSecond, double millionRequests) {
    static Prices read() throws IOException {
        Properties prices = new Properties();
        try (InputStream input = Prices.class.getResourceAsStream("aws-prices.properties")) {
            prices.load(input);
        }
        return new Prices(
                prices.getProperty("date"),
                Double.parseDouble(prices.getProperty("gb-second")),
                Double.parseDouble(prices.getProperty("million-requests")));
    }

    /** US dollars. */
    double of(LambdaUsage usage, int memoryMb) {
        return usage.billedMs() / 1e3 * memoryMb / 1024 * gbSecond + usage.invokes() / 1e6 * millionRequests;
    }
}
