package io.lambdadispatch.router.config;

import java.util.Locale;

/** How instances reach the control channel. */
public enum Scheme {
    /** h2c with prior knowledge. */
    HTTP,
    /** TLS with ALPN h2. */
    HTTPS;

    /** As in a URL: {@code http} or {@code https}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
