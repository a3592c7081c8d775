package io.lambdadispatch.benchmarks.system.hop;

import io.lambdadispatch.benchmarks.system.Commands;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;

/** A key and a self-signed certificate for 127.0.0.1, of the kind that the router makes for itself. */
final class HopKey {
    static final String PASSWORD = "changeit";

    private static final String ALIAS = "hop";
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

    private final Path keyStore;

    private HopKey(Path keyStore) {
        this.keyStore = keyStore;
    }

    static HopKey make(Path directory) throws IOException, InterruptedException {
        Path file = directory.resolve("hop.p12");
        Files.deleteIfExists(file);
        Commands.run(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                ALIAS,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=lambda-dispatch",
                "-ext",
                "san=dns:localhost,ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                file.toString());
        return new HopKey(file);
    }

    /** PKCS #12. */
    Path keyStore() {
        return keyStore;
    }

    /** The certificate and its key, as HAProxy reads them. */
    Path pem() throws IOException {
        try (InputStream in = Files.newInputStream(keyStore)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, PASSWORD.toCharArray());
            return Files.writeString(
                    keyStore.resolveSibling("hop.pem"),
                    pem("CERTIFICATE", keys.getCertificate(ALIAS).getEncoded())
                            + pem(
                                    "PRIVATE KEY",
                                    keys.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static String pem(String what, byte[] content) {
        return "-----BEGIN " + what + "-----\n" + LINES.encodeToString(content) + "\n-----END " + what + "-----\n";
    }
}
