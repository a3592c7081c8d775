package io.lambdadispatch.client.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Settings of the client, read once from the environment.
 *
 * @param appPort port of the app on 127.0.0.1
 * @param appCommand what starts the app, a line for the shell; none when somebody else starts it
 * @param healthPath where the app says that it is healthy
 * @param compression whether responses are gzipped for users who accept it
 * @param asyncInit whether the Lambda init phase may end before the app is healthy
 * @param asyncInitTimeout how long the first invoke then waits for the app at most
 * @param forcedDeadline for local use: an invoke's time is cut to this, and stale invokes are refused
 * @param lastActiveGrace how long an invoke stays without any request
 * @param trust how the router's certificate is verified when the invoke brings no pin
 */
public record ClientConfig(
        int appPort,
        Optional<String> appCommand,
        String healthPath,
        boolean compression,
        boolean asyncInit,
        Duration asyncInitTimeout,
        Optional<Duration> forcedDeadline,
        Duration lastActiveGrace,
        Trust trust) {

    /** What all environment variables begin with. */
    public static final String PREFIX = "LAMBDA_DISPATCH_";

    /** How the router proves who it is, over {@code https}. */
    public enum Trust {
        /** By the pin of the invoke; without a pin by the JVM's certificate authorities and host name. */
        PIN,
        /** A pin is still checked, but without one any certificate does: for reference routers. */
        ANY
    }

    /** Where the app listens. */
    public InetSocketAddress appAddress() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), appPort);
    }

    /**
     * Reads the variables; an absent or empty one means its default.
     *
     * @throws IllegalArgumentException when values are unusable; the message tells all of them, one per line
     */
    public static ClientConfig from(Map<String, String> environment) {
        Reader reader = new Reader(environment);
        ClientConfig config = new ClientConfig(
                reader.number("PORT", 3001, 1, 65_535),
                Optional.ofNullable(reader.text("APP_COMMAND")),
                reader.path("HEALTH_PATH", "/health"),
                reader.flag("ENABLE_COMPRESSION", true),
                reader.flag("ASYNC_INIT", false),
                Duration.ofSeconds(reader.number("ASYNC_INIT_TIMEOUT", 10, 1, 900)),
                reader.optionalNumber("FORCE_DEADLINE", 1, 900).map(Duration::ofSeconds),
                Duration.ofMillis(reader.number("LAST_ACTIVE_GRACE_PERIOD_MS", 250, 1, 900_000)),
                reader.trust("TRUST"));
        reader.choice("LOG_LEVEL", Logging.DEFAULT_LEVEL, Logging.LEVELS);
        reader.throwFaults();
        return config;
    }

    private static final class Reader {
        private final Map<String, String> environment;
        private final List<String> faults = new ArrayList<>();

        Reader(Map<String, String> environment) {
            this.environment = environment;
        }

        int number(String name, int byDefault, int least, int most) {
            return optionalNumber(name, least, most).orElse(byDefault);
        }

        Optional<Integer> optionalNumber(String name, int least, int most) {
            String text = text(name);
            if (text == null) {
                return Optional.empty();
            }
            try {
                int number = Integer.parseInt(text);
                if (number >= least && number <= most) {
                    return Optional.of(number);
                }
            } catch (NumberFormatException e) {
                // Told below, like a number out of range.
            }
            fault(name, text, "a whole number from " + least + " to " + most);
            return Optional.empty();
        }

        boolean flag(String name, boolean byDefault) {
            String text = choice(name, Boolean.toString(byDefault), List.of("true", "false"));
            return text.equals("true");
        }

        String path(String name, String byDefault) {
            String text = text(name);
            if (text == null) {
                return byDefault;
            }
            if (!text.startsWith("/") || !text.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
                fault(name, text, "a path that begins with /, percent-encoded");
            }
            return text;
        }

        Trust trust(String name) {
            return choice(name, "pin", List.of("pin", "any")).equals("any") ? Trust.ANY : Trust.PIN;
        }

        String choice(String name, String byDefault, List<String> allowed) {
            String text = text(name);
            if (text == null) {
                return byDefault;
            }
            String lower = text.toLowerCase(Locale.ROOT);
            if (allowed.contains(lower)) {
                return lower;
            }
            fault(name, text, String.join(", ", allowed));
            return byDefault;
        }

        private String text(String name) {
            String text = environment.get(PREFIX + name);
            return text == null || text.isBlank() ? null : text.trim();
        }

        private void fault(String name, String value, String expected) {
            faults.add(PREFIX + name + ": " + value + " (expected: " + expected + ')');
        }

        void throwFaults() {
            if (!faults.isEmpty()) {
                throw new IllegalArgumentException("unusable configuration:\n  " + String.join("\n  ", faults));
            }
        }
    }
}
