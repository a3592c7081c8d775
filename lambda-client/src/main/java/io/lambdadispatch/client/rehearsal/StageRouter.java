package io.lambdadispatch.client.rehearsal;

import io.lambdadispatch.protocol.ControlPath;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.impl.bootstrap.HttpAsyncServer;
import org.apache.hc.core5.http.protocol.HttpProcessorBuilder;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.apache.hc.core5.http2.config.H2Config;
import org.apache.hc.core5.http2.impl.nio.bootstrap.H2ServerBootstrap;
import org.apache.hc.core5.http2.ssl.H2ServerTlsStrategy;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.IOReactorConfig;

/** A router that sends the same requests through each channel, then tells the instance to go away. Thread-safe. */
final class StageRouter implements AutoCloseable {
    private final HttpAsyncServer server;
    private final String scheme;
    private final int port;
    private final int requests;
    private final AtomicInteger sent = new AtomicInteger();
    private final CountDownLatch firstChannel = new CountDownLatch(1);
    private final Runnable onFirstChannel;
    private volatile long firstChannelAt;

    /**
     * @param tls {@code null} for h2c
     * @param requests how many it sends before it says to go away
     * @param onFirstChannel run when the first channel is open, before it is used
     */
    StageRouter(SSLContext tls, int requests, Runnable onFirstChannel) throws IOException, InterruptedException {
        this.requests = requests;
        this.onFirstChannel = onFirstChannel;
        this.scheme = tls == null ? "http" : "https";
        H2ServerBootstrap bootstrap = H2ServerBootstrap.bootstrap()
                .setIOReactorConfig(IOReactorConfig.custom().setIoThreadCount(1).build())
                .setH2Config(H2Config.custom().setPushEnabled(false).build())
                .setVersionPolicy(HttpVersionPolicy.FORCE_HTTP_2)
                .setHttpProcessor(HttpProcessorBuilder.create().build())
                .setRequestRouter((request, context) -> () -> new StageChannel(this));
        if (tls != null) {
            bootstrap.setTlsStrategy(new H2ServerTlsStrategy(tls));
        }
        server = bootstrap.create();
        server.start();
        try {
            InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            URIScheme uriScheme = tls == null ? URIScheme.HTTP : URIScheme.HTTPS;
            port = ((InetSocketAddress) server.listen(any, uriScheme)
                            .get(20, TimeUnit.SECONDS)
                            .getAddress())
                    .getPort();
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("no port for a router", e);
        }
    }

    String url() {
        return scheme + "://127.0.0.1:" + port + ControlPath.PREFIX;
    }

    /** What a channel brings next, or {@code null} for the word to stop. */
    String nextRequest() {
        int number = sent.getAndIncrement();
        if (number >= requests) {
            return null;
        }
        return number % 2 == 0
                ? "GET /some/path?and=query HTTP/1.1\r\nHost: rehearsal\r\nAccept-Encoding: gzip\r\n\r\n"
                : "POST /form HTTP/1.1\r\nHost: rehearsal\r\nContent-Length: 9\r\n\r\nsome=text";
    }

    void channelOpened() {
        if (firstChannel.getCount() > 0) {
            firstChannelAt = System.nanoTime();
            onFirstChannel.run();
            firstChannel.countDown();
        }
    }

    /** When the first channel was open, on {@code System.nanoTime()}; waits for it. */
    long awaitFirstChannel() throws IOException, InterruptedException {
        if (!firstChannel.await(60, TimeUnit.SECONDS)) {
            throw new IOException("the client opens no channel");
        }
        return firstChannelAt;
    }

    @Override
    public void close() {
        server.close(CloseMode.IMMEDIATE);
    }
}
