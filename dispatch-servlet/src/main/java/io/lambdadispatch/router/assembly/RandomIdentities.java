package io.lambdadispatch.router.assembly;

import io.lambdadispatch.router.engine.Identity;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.UUID;
import java.util.function.Supplier;

/** A random UUID and a 256-bit token in base64url (RFC 4648 §5) for each instance. */
final class RandomIdentities implements Supplier<Identity> {
    private static final int TOKEN_BYTES = 32;

    private final SecureRandom random = new SecureRandom();

    @Override
    public Identity get() {
        byte[] token = new byte[TOKEN_BYTES];
        random.nextBytes(token);
        return new Identity(
                UUID.randomUUID().toString(),
                Base64.getUrlEncoder().withoutPadding().encodeToString(token));
    }
}
