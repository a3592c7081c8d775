package io.lambdadispatch.client.router;

import io.lambdadispatch.client.config.ClientConfig;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * TLS towards the router. With a pin exactly that one certificate is trusted, whoever issued it and whatever it is called:
 * the pin came with the invoke, which AWS has authenticated. TLS 1.3, but for {@link ClientConfig.Trust#ANY}, which is there
 * for routers whose TLS is not this project's. Thread-safe.
 */
public final class RouterTls {
    private static final String[] ONLY_1_3 = {"TLSv1.3"};
    private static final String[] ALSO_1_2 = {"TLSv1.3", "TLSv1.2"};
    private static final String[] HTTP2 = {"h2"};

    /**
     * The one group that keys are agreed by with a router of this project. By default a JVM makes keys for two groups in advance,
     * and in a JVM that has just started, whose code is still interpreted, the second one takes a tenth of a second.
     */
    private static final String[] ONE_GROUP = {"x25519"};

    private static final String GROUPS_OF_THE_JVM = "jdk.tls.namedGroups";

    /** {@code SSLParameters.setNamedGroups}, since Java 20; {@code null} before. */
    private static final MethodHandle SET_NAMED_GROUPS = setNamedGroups();

    private static final boolean JVM_WAS_TOLD_GROUPS = System.getProperty(GROUPS_OF_THE_JVM) != null;

    private final SSLContext context;
    private final String[] versions;
    private final boolean checkHostName;
    private final boolean pinned;

    private RouterTls(SSLContext context, String[] versions, boolean checkHostName, boolean pinned) {
        this.context = context;
        this.versions = versions;
        this.checkHostName = checkHostName;
        this.pinned = pinned;
    }

    private static MethodHandle setNamedGroups() {
        try {
            return MethodHandles.publicLookup()
                    .findVirtual(
                            SSLParameters.class, "setNamedGroups", MethodType.methodType(void.class, String[].class));
        } catch (NoSuchMethodException | IllegalAccessException e) {
            return null;
        }
    }

    /**
     * @param certificateSha256 pin of the invoke, in hex, or {@code null}
     * @throws IllegalArgumentException when the pin is not the hex form of a SHA-256
     */
    public static RouterTls of(String certificateSha256, ClientConfig.Trust trust) {
        boolean pinned = certificateSha256 != null && !certificateSha256.isEmpty();
        if (pinned && trust == ClientConfig.Trust.PIN) {
            agreeByOneGroupInAllOfTheJvm();
        }
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            TrustManager[] trusted = pinned
                    ? new TrustManager[] {new OneCertificate(digest(certificateSha256))}
                    : trust == ClientConfig.Trust.ANY ? new TrustManager[] {new OneCertificate(null)} : null;
            context.init(null, trusted, null);
            boolean old = !pinned && trust == ClientConfig.Trust.ANY;
            return new RouterTls(context, old ? ALSO_1_2 : ONLY_1_3, trusted == null, pinned);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("TLS is not available", e);
        }
    }

    private static byte[] digest(String hex) {
        try {
            byte[] digest = HexFormat.of().parseHex(hex.replace(":", ""));
            if (digest.length == 32) {
                return digest;
            }
        } catch (IllegalArgumentException e) {
            // Told below.
        }
        throw new IllegalArgumentException("RouterCertificateSha256: " + hex + " (expected: 64 hex digits)");
    }

    public SSLContext context() {
        return context;
    }

    void configure(SSLEngine engine) {
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(versions);
        parameters.setApplicationProtocols(HTTP2);
        if (pinned) {
            agreeByOneGroup(parameters);
        }
        if (checkHostName) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        engine.setSSLParameters(parameters);
    }

    /**
     * Where there is no setter. The property is read once, with the first TLS class, which in this JVM is the router's; later it
     * changes nothing. TLS 1.2 would need more groups for some certificates, so this is not for those who may meet it.
     */
    private static void agreeByOneGroupInAllOfTheJvm() {
        if (SET_NAMED_GROUPS == null && !JVM_WAS_TOLD_GROUPS) {
            System.setProperty(GROUPS_OF_THE_JVM, ONE_GROUP[0]);
        }
    }

    private static void agreeByOneGroup(SSLParameters parameters) {
        if (SET_NAMED_GROUPS != null && !JVM_WAS_TOLD_GROUPS) {
            try {
                SET_NAMED_GROUPS.invokeExact(parameters, ONE_GROUP);
            } catch (Throwable e) {
                throw new IllegalStateException("a setter of TLS parameters cannot fail", e);
            }
        }
    }

    /** Trusts the certificate with that digest; any at all when there is none. The extended type skips the host name. */
    private static final class OneCertificate extends X509ExtendedTrustManager {
        private final byte[] sha256;

        OneCertificate(byte[] sha256) {
            this.sha256 = sha256;
        }

        private void check(X509Certificate[] chain) throws CertificateException {
            if (sha256 == null) {
                return;
            }
            byte[] actual;
            try {
                actual = MessageDigest.getInstance("SHA-256").digest(chain[0].getEncoded());
            } catch (GeneralSecurityException e) {
                throw new CertificateException("no SHA-256", e);
            }
            if (!MessageDigest.isEqual(sha256, actual)) {
                throw new CertificateException("router's certificate has SHA-256 "
                        + HexFormat.of().formatHex(actual) + " (expected: the invoke's pin "
                        + HexFormat.of().formatHex(sha256) + ')');
            }
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            throw clientsAreNotTrusted();
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            throw clientsAreNotTrusted();
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            throw clientsAreNotTrusted();
        }

        private static CertificateException clientsAreNotTrusted() {
            return new CertificateException("this side is the client");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
