package io.lambdadispatch.router.assembly;

import io.lambdadispatch.router.config.ConfigException;
import io.lambdadispatch.router.config.RouterConfig;
import io.lambdadispatch.router.config.Scheme;
import io.lambdadispatch.router.config.TlsKeyStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** The certificate that instances are to find on the control port: its fingerprint travels with each invoke. */
public final class ControlCertificate {
    private ControlCertificate() {}

    /**
     * Fingerprint of the configured certificate; empty for {@code http}, and when no key store is configured.
     *
     * @throws ConfigException when the key store cannot be read
     */
    public static Optional<String> sha256(RouterConfig config) {
        if (config.controlChannel().preferredScheme() != Scheme.HTTPS) {
            return Optional.empty();
        }
        return config.listen().tlsKeyStore().map(ControlCertificate::read);
    }

    private static String read(TlsKeyStore store) {
        try (InputStream in = Files.newInputStream(store.path())) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, store.password().toCharArray());
            for (String alias : Collections.list(keys.aliases())) {
                if (keys.isKeyEntry(alias)) {
                    return sha256(keys.getCertificate(alias));
                }
            }
            throw new ConfigException(
                    List.of("TlsKeyStorePath: " + store.path() + " (expected: one with a private key)"));
        } catch (IOException | GeneralSecurityException e) {
            throw new ConfigException(List.of("TlsKeyStorePath: " + store.path()
                    + " (expected: a readable PKCS #12 file; " + e.getMessage() + ')'));
        }
    }

    /** Lower-case hex of the SHA-256 of the certificate's DER form. */
    public static String sha256(Certificate certificate) throws GeneralSecurityException {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
        return HexFormat.of().formatHex(digest);
    }
}
