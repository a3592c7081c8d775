package io.lambdadispatch.router.aws;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.SocketOption;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;
import software.amazon.awssdk.http.async.AsyncExecuteRequest;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;
import software.amazon.awssdk.utils.AttributeMap;

/**
 * The SDK's HTTP client, set up for thousands of connections that are silent for up to 15 minutes, on one daemon thread,
 * {@code lambda-io-…}. One is enough, because a connection is busy only when it is made and when it ends. It is this
 * object's own because the SDK lets its threads linger for two seconds, for which every stop would wait.
 *
 * @see <a href="https://docs.aws.amazon.com/sdk-for-java/latest/developer-guide/http-configuration-netty.html">Configure
 *     the Netty-based HTTP client</a>
 */
final class InvokeConnections implements SdkAsyncHttpClient {
    private static final int MOST_INVOKES = 5_000;
    private static final int MOST_WAITING_FOR_A_CONNECTION = 10_000;

    /** A burst of invokes is a burst of TLS handshakes, so one may stand in line for a while. */
    private static final Duration ACQUISITION_TIMEOUT = Duration.ofSeconds(30);

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration TLS_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(2);

    /**
     * Nothing is sent while a function runs, and AWS's NAT gateways and load balancers forget a connection that was
     * silent for 350 s; Linux would begin to probe after two hours.
     */
    private static final Map<SocketOption<Integer>, Integer> KEEP_ALIVE_SECONDS =
            Map.of(ExtendedSocketOptions.TCP_KEEPIDLE, 60, ExtendedSocketOptions.TCP_KEEPINTERVAL, 30);

    private final SdkAsyncHttpClient client;
    private final EventLoopGroup threads;
    private final KnownThreads made;

    private InvokeConnections(SdkAsyncHttpClient client, EventLoopGroup threads, KnownThreads made) {
        this.client = client;
        this.threads = threads;
        this.made = made;
    }

    /** Remembers the threads that it has made. */
    private static final class KnownThreads extends DefaultThreadFactory {
        private final List<Thread> threads = new CopyOnWriteArrayList<>();

        KnownThreads() {
            super("lambda-io", true);
        }

        @Override
        public Thread newThread(Runnable work) {
            Thread thread = super.newThread(work);
            threads.add(thread);
            return thread;
        }

        void join(Duration longest) {
            try {
                for (Thread thread : threads) {
                    thread.join(longest.toMillis());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Makes the client and its threads.
     *
     * @param readTimeout how long an open invoke may be silent
     * @param serviceDefaults what the SDK asks of an HTTP client for Lambda
     */
    static InvokeConnections open(Duration readTimeout, AttributeMap serviceDefaults) {
        KnownThreads made = new KnownThreads();
        EventLoopGroup threads = new NioEventLoopGroup(1, made);
        NettyNioAsyncHttpClient.Builder builder = NettyNioAsyncHttpClient.builder()
                .eventLoopGroup(SdkEventLoopGroup.create(threads, NioSocketChannel::new))
                .maxConcurrency(MOST_INVOKES)
                .maxPendingConnectionAcquires(MOST_WAITING_FOR_A_CONNECTION)
                .connectionAcquisitionTimeout(ACQUISITION_TIMEOUT)
                .connectionTimeout(CONNECT_TIMEOUT)
                .tlsNegotiationTimeout(TLS_TIMEOUT)
                .readTimeout(readTimeout)
                .tcpKeepAlive(true);
        KEEP_ALIVE_SECONDS.forEach((option, seconds) -> {
            if (isSupported(option)) {
                builder.putChannelOption(NioChannelOption.of(option), seconds);
            }
        });
        return new InvokeConnections(builder.buildWithDefaults(serviceDefaults), threads, made);
    }

    private static boolean isSupported(SocketOption<?> option) {
        try (SocketChannel channel = SocketChannel.open()) {
            return channel.supportedOptions().contains(option);
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public CompletableFuture<Void> execute(AsyncExecuteRequest request) {
        return client.execute(request);
    }

    @Override
    public String clientName() {
        return client.clientName();
    }

    /** Cuts all connections; returns when that is done. */
    @Override
    public void close() {
        client.close();
        threads.shutdownGracefully(0, LONGEST_CLOSE.toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(LONGEST_CLOSE.toMillis());
        // The group is said to be terminated by its last thread, which a container that looks at once still finds
        // alive.
        made.join(LONGEST_CLOSE);
    }
}
