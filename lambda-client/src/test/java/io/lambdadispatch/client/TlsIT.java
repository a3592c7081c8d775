package io.lambdadispatch.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.protocol.InvokeReply;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the router proves who it is. */
class TlsIT {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    static Path directory;

    private static SSLContext tls;
    private static String pin;
    private ClientRig rig;

    @BeforeAll
    static void makeCertificate() throws Exception {
        Path file = directory.resolve("router.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "router",
                        "-keyalg",
                        // As the router's own. An EC key over TLS 1.2 would need its curve among the JVM's groups.
                        "RSA",
                        "-dname",
                        "CN=somebody",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        "changeit",
                        "-keystore",
                        file.toString())
                .inheritIO()
                .start();
        assertTrue(keytool.waitFor(RuntimeRig.PATIENCE_SECONDS, TimeUnit.SECONDS));
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD);
        tls = SSLContext.getInstance("TLS");
        tls.init(keys.getKeyManagers(), null, null);
        byte[] certificate = store.getCertificate("router").getEncoded();
        pin = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate));
    }

    @BeforeEach
    void begin() throws Exception {
        rig = new ClientRig(new ScriptedRouter(tls, 128));
    }

    @AfterEach
    void end() throws Exception {
        rig.close();
    }

    private void assertServes() throws Exception {
        CompletableFuture<InvokeReply> invoke = rig.invoke();
        assertTrue(rig.exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n").endsWith("hello"));
        byte[] body = new byte[1024 * 1024];
        rig.app.script((connection, head) -> connection.ok("" + connection.readBody(head).length));
        RouterChannel channel = rig.router.nextChannel();
        channel.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
                .send(body)
                .end();
        assertTrue(channel.answer().endsWith("\r\n\r\n1048576"));
        assertEquals("RouterGoAway", rig.goAway(invoke).exitReason());
    }

    /** Refuses, and gives back what the log says. */
    private String assertRefuses() throws Exception {
        PrintStream err = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try {
            rig.time.stop();
            InvokeReply reply = ClientRig.await(rig.invoke());
            assertEquals("RouterConnectionError", reply.exitReason());
            assertEquals(0, reply.invokeDurationMs(), "at once, not when some time is over");
        } finally {
            System.setErr(err);
        }
        return log.toString(StandardCharsets.UTF_8);
    }

    @Test
    void theCertificateOfThePinIsTrustedWhateverItsName() throws Exception {
        rig.pin = pin;
        assertServes();
    }

    @Test
    void anotherCertificateEndsTheInvokeAtOnce() throws Exception {
        rig.pin = "00".repeat(32);
        String log = assertRefuses();
        assertTrue(log.contains("router's certificate has SHA-256 " + pin + " (expected: the invoke's pin 0000"), log);
    }

    @Test
    void aRouterThatSpeaksOldTlsIsRefusedButForThoseWhoTrustAny() throws Exception {
        rig.close();
        rig = new ClientRig(new ScriptedRouter(tls, 128, "TLSv1.2"));
        rig.pin = pin;
        String log = assertRefuses();
        assertTrue(log.contains("protocol_version"), log);
        rig.close();
        rig = new ClientRig(new ScriptedRouter(tls, 128, "TLSv1.2"));
        rig.environment.put("LAMBDA_DISPATCH_TRUST", "any");
        assertServes();
    }

    @Test
    void withoutAPinASelfSignedCertificateIsRefused() throws Exception {
        assertRefuses();
    }

    @Test
    void withoutAPinAnyCertificateIsTrustedWhenConfigured() throws Exception {
        rig.environment.put("LAMBDA_DISPATCH_TRUST", "any");
        assertServes();
    }

    @Test
    void aPinIsCheckedEvenThen() throws Exception {
        rig.environment.put("LAMBDA_DISPATCH_TRUST", "any");
        rig.pin = "00".repeat(32);
        assertRefuses();
    }

    @Test
    void aPinThatIsNoneIsAnInvalidInvoke() throws Exception {
        rig.pin = "abc";
        assertEquals("RouterLambdaInvokeInvalid", ClientRig.await(rig.invoke()).exitReason());
    }
}
