package io.lambdadispatch.router.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A header field that only those know who are let in.
 *
 * @param name of the field
 */
public record HeaderSecret(String name, String value) {
    static final String ALLOWED = "Header-Name: value";

    /** RFC 9110 §5.1 and §5.5, visible ASCII only. */
    private static final Pattern PATTERN =
            Pattern.compile("(?<name>[A-Za-z0-9!#$%&'*+.^_`|~-]+):[ \\t]*(?<value>[!-~]+(?:[ \\t]+[!-~]+)*)[ \\t]*");

    static Optional<HeaderSecret> tryParse(String text) {
        Matcher matcher = PATTERN.matcher(text);
        return matcher.matches()
                ? Optional.of(new HeaderSecret(matcher.group("name"), matcher.group("value")))
                : Optional.empty();
    }

    /**
     * Whether that is the secret. Takes as long for a near miss as for a far one.
     *
     * @param shown the field's value; {@code null} when it is missing
     */
    public boolean isShownBy(String shown) {
        return shown != null
                && MessageDigest.isEqual(
                        shown.getBytes(StandardCharsets.ISO_8859_1), value.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Never shows the value. */
    @Override
    public String toString() {
        return name + ": (hidden)";
    }
}
