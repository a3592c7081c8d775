package io.lambdadispatch.demo;

import java.time.Duration;
import java.util.Map;

/**
 * What the demo app is started with. Immutable.
 *
 * @param port the port, 0 for any free one
 * @param initSleep how long the first {@code /health} and all that come meanwhile wait
 * @param allowCrash whether {@code /crash} may end the process
 */
public record DemoSettings(int port, Duration initSleep, boolean allowCrash) {
    private static final String DEFAULT_PORT = "3001";

    /**
     * Reads {@code LAMBDA_DISPATCH_PORT}, {@code PORT}, {@code INIT_SLEEP_MS}, {@code DEMO_ALLOW_CRASH}.
     *
     * @throws IllegalArgumentException naming the variable that is wrong
     */
    public static DemoSettings from(Map<String, String> environment) {
        String portName = environment.containsKey("LAMBDA_DISPATCH_PORT") ? "LAMBDA_DISPATCH_PORT" : "PORT";
        int port = number(portName, environment.getOrDefault(portName, DEFAULT_PORT), 65_535);
        int initSleep = number("INIT_SLEEP_MS", environment.getOrDefault("INIT_SLEEP_MS", "0"), 900_000);
        boolean allowCrash = Boolean.parseBoolean(environment.get("DEMO_ALLOW_CRASH"));
        return new DemoSettings(port, Duration.ofMillis(initSleep), allowCrash);
    }

    private static int number(String name, String text, int most) {
        try {
            int number = Integer.parseInt(text);
            if (number >= 0 && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told below, like a number out of range.
        }
        throw new IllegalArgumentException(name + " must be a number from 0 to " + most + ", not '" + text + "'");
    }
}
