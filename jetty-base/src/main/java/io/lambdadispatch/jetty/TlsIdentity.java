package io.lambdadispatch.jetty;

import io.lambdadispatch.router.assembly.ControlCertificate;
import io.lambdadispatch.router.config.ConfigException;
import io.lambdadispatch.router.config.TlsKeyStore;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/**
 * The router's key and certificate: the configured ones, or a pair made for this run. The latter is enough for instances,
 * which are told the certificate's fingerprint in their invoke; users' browsers will ask.
 */
final class TlsIdentity {
    private static final String ALIAS = "router";
    private static final Duration LIFETIME = Duration.ofDays(3650);

    private final KeyStore keys;
    private final String password;

    private TlsIdentity(KeyStore keys, String password) {
        this.keys = keys;
        this.password = password;
    }

    /**
     * @throws ConfigException when the configured key store cannot be used
     */
    static TlsIdentity of(Optional<TlsKeyStore> configured) throws GeneralSecurityException, IOException {
        return configured.isPresent() ? load(configured.get()) : selfSigned();
    }

    private static TlsIdentity load(TlsKeyStore store) {
        try (InputStream in = Files.newInputStream(store.path())) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, store.password().toCharArray());
            TlsIdentity identity = new TlsIdentity(keys, store.password());
            identity.certificateSha256();
            return identity;
        } catch (IOException | GeneralSecurityException e) {
            throw new ConfigException(
                    List.of("TlsKeyStorePath: " + store.path() + " (expected: a PKCS #12 file with a private key that"
                            + " TlsKeyStorePassword opens; " + e.getMessage() + ')'));
        }
    }

    /**
     * With an RSA key, though signing with it costs the router more: a client that starts has an interpreting JVM, and verifies an
     * elliptic signature some 30 ms slower (docs/performance.md).
     */
    private static TlsIdentity selfSigned() throws GeneralSecurityException, IOException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair pair = generator.generateKeyPair();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        keys.setKeyEntry(ALIAS, pair.getPrivate(), new char[0], new Certificate[] {certificate(pair)});
        return new TlsIdentity(keys, "");
    }

    private static X509Certificate certificate(KeyPair pair) throws GeneralSecurityException {
        X500Name name = new X500Name("CN=lambda-dispatch");
        Instant now = Instant.now();
        // A clock that runs a little ahead of an instance's must not make the certificate one of the future.
        Date from = Date.from(now.minus(Duration.ofDays(1)));
        Date until = Date.from(now.plus(LIFETIME));
        BigInteger serial = new BigInteger(64, new SecureRandom());
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(new JcaX509v3CertificateBuilder(name, serial, from, until, name, pair.getPublic())
                            .build(new JcaContentSignerBuilder("SHA256withRSA").build(pair.getPrivate())));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException(e);
        }
    }

    SslContextFactory.Server sslContextFactory() {
        SslContextFactory.Server factory = new SslContextFactory.Server();
        factory.setKeyStore(keys);
        factory.setKeyStorePassword(password);
        factory.setKeyManagerPassword(password);
        // Without a name in it that a user could ask for, the certificate is for whatever he asks.
        factory.setSniRequired(false);
        return factory;
    }

    /** Lower-case hex. */
    String certificateSha256() throws GeneralSecurityException {
        for (String alias : Collections.list(keys.aliases())) {
            if (keys.isKeyEntry(alias)) {
                return ControlCertificate.sha256(keys.getCertificate(alias));
            }
        }
        throw new GeneralSecurityException("no private key in it");
    }
}
