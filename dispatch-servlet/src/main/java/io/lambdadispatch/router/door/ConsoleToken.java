package io.lambdadispatch.router.door;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;

/** What a page must have read before it may change anything: random, another one for each start of a router. */
final class ConsoleToken {
    static final String FIELD = "X-Console-Token";

    private static final int BYTES = 32;

    private final String text;

    ConsoleToken() {
        byte[] random = new byte[BYTES];
        new SecureRandom().nextBytes(random);
        text = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }

    String text() {
        return text;
    }

    /** In constant time. */
    boolean matches(String shown) {
        return shown != null
                && MessageDigest.isEqual(text.getBytes(StandardCharsets.UTF_8), shown.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "console token";
    }
}
