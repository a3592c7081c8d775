package io.lambdadispatch.client.rehearsal;

import io.lambdadispatch.protocol.InvokeRequest;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * A client as a process, between a Runtime API, an app and routers of this JVM. For one thread; {@link #close} ends the
 * client.
 */
public final class Stage implements AutoCloseable {
    private static final String PASSWORD = "rehearsal";
    private static final long LONGEST_END_SECONDS = 60;

    private final StageRuntimeApi api = new StageRuntimeApi();
    private final StageApp app = new StageApp();
    private final SSLContext tls;
    private final KeyStore identity;
    private final String pin;
    private Runnable onFirstChannel = () -> {};
    private Process client;

    /** @throws IOException when the machine has no ports, or no {@code keytool} in its Java runtime */
    public Stage() throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("lambda-dispatch-rehearsal");
        Path file = directory.resolve("router.p12");
        try {
            makeCertificate(file);
            KeyStore store = KeyStore.getInstance("PKCS12");
            identity = store;
            try (InputStream in = Files.newInputStream(file)) {
                store.load(in, PASSWORD.toCharArray());
            }
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, PASSWORD.toCharArray());
            tls = SSLContext.getInstance("TLS");
            tls.init(keys.getKeyManagers(), null, null);
            byte[] certificate = store.getCertificate("router").getEncoded();
            pin = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate));
        } catch (GeneralSecurityException e) {
            throw new IOException("no certificate for a router", e);
        } finally {
            Files.deleteIfExists(file);
            Files.deleteIfExists(directory);
        }
    }

    private static void makeCertificate(Path file) throws IOException, InterruptedException {
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        Process process = new ProcessBuilder(
                        keytool,
                        "-genkeypair",
                        "-alias",
                        "router",
                        "-keyalg",
                        "RSA",
                        "-keysize",
                        "2048",
                        "-dname",
                        "CN=router",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD,
                        "-keystore",
                        file.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (process.waitFor() != 0) {
            throw new IOException(keytool + " ends with " + process.exitValue());
        }
    }

    /**
     * Starts the client; its output goes where this JVM's error output goes.
     *
     * @param command the client's bootstrap, with what is to stand before it
     * @param variables beside those of this JVM and of Lambda
     */
    public void startClient(List<String> command, Map<String, String> variables) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(new File("/dev/stderr"));
        builder.environment().put("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:" + api.port());
        builder.environment().put("LAMBDA_DISPATCH_PORT", Integer.toString(app.port()));
        // The router ends each invoke; on a busy machine it may be silent for longer than a client waits by itself.
        builder.environment().put("LAMBDA_DISPATCH_LAST_ACTIVE_GRACE_PERIOD_MS", "60000");
        builder.environment().putAll(variables);
        client = builder.start();
        CompletableFuture<Void> unused = client.onExit().thenRun(api::clientEnded);
    }

    /** Runs {@code action} when the first channel of the next invoke is open; on the router's thread, and before it goes on. */
    public void onFirstChannel(Runnable action) {
        onFirstChannel = action;
    }

    /**
     * Lets the router's side of TLS run so often that it is compiled: real routers are warm.
     *
     * @param handshakes how often
     */
    public void warmUp(int handshakes) throws IOException, InterruptedException {
        try (StageRouter router = new StageRouter(tls, 0, () -> {})) {
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(identity);
            SSLContext client = SSLContext.getInstance("TLS");
            client.init(null, trust.getTrustManagers(), null);
            int port = URI.create(router.url()).getPort();
            for (int i = 0; i < handshakes; i++) {
                // A session that is kept would spare the next one the handshake.
                client.getClientSessionContext().setSessionCacheSize(1);
                try (SSLSocket socket =
                        (SSLSocket) client.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
                    SSLParameters parameters = socket.getSSLParameters();
                    parameters.setApplicationProtocols(new String[] {"h2"});
                    socket.setSSLParameters(parameters);
                    socket.startHandshake();
                    socket.getSession().invalidate();
                }
            }
        } catch (GeneralSecurityException e) {
            throw new IOException("no TLS to warm up", e);
        }
    }

    /** The client's process id. */
    public long pid() {
        return client.pid();
    }

    /**
     * Invokes the client, sends it that many requests over TLS or h2c, and tells it to go away.
     *
     * @return when the first channel was open, on {@code System.nanoTime()}
     */
    public long invoke(boolean secure, int requests) throws IOException, InterruptedException {
        try (StageRouter router = new StageRouter(secure ? tls : null, requests, onFirstChannel)) {
            InvokeRequest request = new InvokeRequest(
                    null, "rehearsal", router.url(), 2, Instant.now(), false, "token", secure ? pin : null);
            api.invoke(request.toJson());
            String answer = api.awaitAnswer();
            if (!answer.contains("RouterGoAway")) {
                throw new IOException("the invoke did not end as it should: " + answer);
            }
            return router.awaitFirstChannel();
        }
    }

    /** Invokes the client without work to do. */
    public void invokeInitOnly() throws IOException, InterruptedException {
        api.invoke(new InvokeRequest(null, "rehearsal-init", null, 0, Instant.now(), true, null, null).toJson());
        String answer = api.awaitAnswer();
        if (!answer.contains("SelfInitOnly")) {
            throw new IOException("the invoke did not end as it should: " + answer);
        }
    }

    /** SIGTERM for the client, and a wait for its end, for it may have much to write before. */
    @Override
    public void close() throws IOException {
        try (api;
                app) {
            if (client == null) {
                return;
            }
            client.destroy();
            if (!client.waitFor(LONGEST_END_SECONDS, TimeUnit.SECONDS)) {
                client.destroyForcibly();
                throw new IOException("the client does not end on SIGTERM");
            }
        } catch (InterruptedException e) {
            client.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
