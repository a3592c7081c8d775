package io.lambdadispatch.it;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A key and a self-signed certificate for 127.0.0.1, made by {@code keytool} as docs/war.md tells. */
final class ServerKey {
    static final String PASSWORD = "changeit";

    private static final String ALIAS = "router";

    private static byte[] made;

    private ServerKey() {}

    /** The key store, with the same key for all containers of a JVM: to find one takes seconds. */
    static synchronized Path putInto(Path file) throws IOException {
        if (made == null) {
            make(file);
            made = Files.readAllBytes(file);
        }
        return Files.write(file, made);
    }

    private static void make(Path file) throws IOException {
        Files.deleteIfExists(file);
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        CommandRun run = CommandRun.of(
                List.of(
                        keytool,
                        "-genkeypair",
                        "-alias",
                        ALIAS,
                        "-keyalg",
                        "RSA",
                        "-dname",
                        "CN=lambda-dispatch",
                        "-ext",
                        "san=dns:localhost,ip:127.0.0.1",
                        "-validity",
                        "3650",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD,
                        "-keystore",
                        file.toString()),
                Map.of());
        if (run.exitCode() != 0) {
            throw new IOException(run.output());
        }
    }

    /** For a user who trusts that certificate. */
    static SSLContext trusting(Path file) throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry(ALIAS, keys.getCertificate(ALIAS));
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }
}
