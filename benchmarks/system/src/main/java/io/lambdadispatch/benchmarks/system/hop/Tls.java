package io.lambdadispatch.benchmarks.system.hop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** The TLS between hops that all sides with TLS have. */
final class Tls {
    /** What router and client agree on by default. */
    static final String CIPHER = "TLS_AES_256_GCM_SHA384";

    private static final String VERSION = "TLSv1.3";

    private Tls() {}

    /** Fails unless a Java client that is told nothing, as ours is, gets HTTP/2 with version and cipher as above there. */
    static void require(int port) throws IOException {
        try (SSLSocket socket =
                (SSLSocket) trustful().getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"h2"});
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            String got = socket.getSession().getProtocol() + " "
                    + socket.getSession().getCipherSuite() + " " + socket.getApplicationProtocol();
            if (!got.equals(VERSION + " " + CIPHER + " h2")) {
                throw new IOException("port " + port + " has " + got + ", and is to have " + VERSION + " " + CIPHER);
            }
        }
    }

    private static SSLContext trustful() throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Anybody()}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    /** Nothing is sent to whom this trusts. */
    private static final class Anybody extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
