package io.lambdadispatch.router.config;

import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * How the text of a setting becomes a value.
 *
 * @param allowed what is accepted, in words that fit behind "expected:"
 * @param parser the value, or empty when the text is not allowed
 */
record Format<T>(String allowed, Function<String, Optional<T>> parser) {
    private static final int MAX_PORT = 65_535;
    private static final Pattern DIGITS = Pattern.compile("\\d{1,9}");
    private static final Pattern AMOUNT = Pattern.compile("\\d{1,4}(\\.\\d{1,18})?");
    private static final BigDecimal MOST_DOLLARS = BigDecimal.valueOf(1_000);
    private static final Pattern VARIABLE_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    Optional<T> parse(String text) {
        return parser.apply(text);
    }

    /** A typo is a fault: a mistyped boolean must not silently become the default. */
    static Format<Boolean> trueOrFalse() {
        return new Format<>("true or false", text -> switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default -> Optional.empty();
        });
    }

    static Format<Integer> integer(int min, int max) {
        return new Format<>(min + " to " + max, text -> digits(text).filter(n -> n >= min && n <= max));
    }

    /** A TCP port; empty for {@code off}, 0 for any free one. */
    static Format<OptionalInt> port() {
        return new Format<>("0 to " + MAX_PORT + " (0: any free port), or off", text -> {
            if (text.equalsIgnoreCase("off")) {
                return Optional.of(OptionalInt.empty());
            }
            return digits(text).filter(n -> n <= MAX_PORT).map(OptionalInt::of);
        });
    }

    private static Optional<Integer> digits(String text) {
        return DIGITS.matcher(text).matches() ? Optional.of(Integer.valueOf(text)) : Optional.empty();
    }

    /** An amount of money, such as 0.0000166667. */
    static Format<BigDecimal> dollars() {
        return new Format<>("0 to 1000, such as 0.0000166667", text -> Optional.of(text)
                .filter(AMOUNT.asMatchPredicate())
                .map(BigDecimal::new)
                .filter(amount -> amount.compareTo(MOST_DOLLARS) <= 0));
    }

    static Format<Duration> duration(String min, String max) {
        Duration least = DurationText.parse(min).orElseThrow();
        Duration most = DurationText.parse(max).orElseThrow();
        return new Format<>(
                min + " to " + max + ", as hh:mm:ss, 2m, 30s, 250ms or PT30S",
                text -> DurationText.parse(text).filter(d -> d.compareTo(least) >= 0 && d.compareTo(most) <= 0));
    }

    /** A time, or {@code 0s} for none. */
    static Format<Duration> durationOrNone(String min, String max) {
        Format<Duration> format = duration(min, max);
        return new Format<>(
                "0s, or " + format.allowed(),
                text -> DurationText.parse(text).filter(Duration::isZero).or(() -> format.parse(text)));
    }

    /** One of the enum's constants, written in lower case. */
    static <E extends Enum<E>> Format<E> oneOf(Class<E> type) {
        List<String> all = Arrays.stream(type.getEnumConstants())
                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                .toList();
        int last = all.size() - 1;
        String names = String.join(", ", all.subList(0, last)) + " or " + all.get(last);
        return new Format<>(names, text -> Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.name().equalsIgnoreCase(text))
                .findFirst());
    }

    /** What can stand as the host of a URL; an IPv6 address loses its brackets. */
    static Format<String> host() {
        return new Format<>("a host name or IP address, without scheme and port", text -> {
            boolean isBracketed = text.startsWith("[") && text.endsWith("]");
            String host = isBracketed ? text.substring(1, text.length() - 1) : text;
            return Optional.of(host).filter(Format::isHost);
        });
    }

    private static boolean isHost(String host) {
        try {
            String parsed = new URI("http", null, host, 1, "/", null, null).getHost();
            return host.equals(parsed) || ('[' + host + ']').equals(parsed);
        } catch (URISyntaxException e) {
            return false;
        }
    }

    static Format<String> variableName() {
        return new Format<>("the name of an environment variable", text -> Optional.of(text)
                .filter(VARIABLE_NAME.asMatchPredicate()));
    }

    static Format<LambdaFunction> function() {
        return new Format<>(LambdaFunction.ALLOWED, LambdaFunction::tryParse);
    }

    static Format<URI> url() {
        return new Format<>("a URL that begins with http:// or https://", text -> {
            try {
                URI uri = URI.create(text);
                boolean isHttp = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
                return Optional.of(uri).filter(u -> isHttp && u.getHost() != null);
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        });
    }

    static Format<Path> readableFile() {
        return new Format<>("the path of a readable file", text -> {
            try {
                return Optional.of(Path.of(text)).filter(p -> Files.isRegularFile(p) && Files.isReadable(p));
            } catch (InvalidPathException e) {
                return Optional.empty();
            }
        });
    }

    static Format<Pattern> pattern() {
        return new Format<>("a regular expression of Java", text -> {
            try {
                return Optional.of(Pattern.compile(text));
            } catch (PatternSyntaxException e) {
                return Optional.empty();
            }
        });
    }

    /** A file that is there or may be made. */
    static Format<Path> newFile() {
        return new Format<>("the path of a file in a directory that exists", text -> {
            try {
                Path file = Path.of(text).toAbsolutePath();
                return Optional.of(file)
                        .filter(f ->
                                f.getParent() != null && Files.isDirectory(f.getParent()) && !Files.isDirectory(f));
            } catch (InvalidPathException e) {
                return Optional.empty();
            }
        });
    }

    static Format<HeaderSecret> headerSecret() {
        return new Format<>(HeaderSecret.ALLOWED, HeaderSecret::tryParse);
    }

    static Format<String> text() {
        return new Format<>("any text", Optional::of);
    }
}
