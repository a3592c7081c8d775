package io.lambdadispatch.client;

import com.amazonaws.services.lambda.crac.Context;
import com.amazonaws.services.lambda.crac.Core;
import com.amazonaws.services.lambda.crac.Resource;
import io.lambdadispatch.client.config.ClientConfig;
import io.lambdadispatch.client.router.RouterTls;
import io.lambdadispatch.protocol.InvokeRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens around Lambda's SnapStart: the environment's memory is written to disk when the init phase is over, and each
 * environment begins with reading it. What has a life outside of that memory is closed before and made anew after: the
 * reactor with its file descriptors. Everything else that must not be the same twice is made for each invoke: connections,
 * TLS contexts with their sessions, channel ids, clocks. What is random in them comes from the JVM's one generator, which gets
 * a fresh seed.
 *
 * <p>Before the snapshot, the code that the first invoke needs is run once, so that no environment has to load it again.
 */
final class SnapStart implements Resource {
    private static final Logger LOG = LoggerFactory.getLogger(SnapStart.class);

    private static final Path KERNELS_RANDOM = Path.of("/dev/urandom");
    private static final int SEED_BYTES = 32;

    private final DispatchHandler handler;

    private SnapStart(DispatchHandler handler) {
        this.handler = handler;
    }

    /**
     * @return to be kept, for Lambda's runtime holds it by a weak reference only; {@code null} without SnapStart
     */
    static SnapStart register(DispatchHandler handler, Map<String, String> environment) {
        if (!"snap-start".equals(environment.get("AWS_LAMBDA_INITIALIZATION_TYPE"))) {
            return null;
        }
        SnapStart hooks = new SnapStart(handler);
        Core.getGlobalContext().register(hooks);
        return hooks;
    }

    @Override
    public void beforeCheckpoint(Context<? extends Resource> context) throws IOException {
        LOG.debug("before the snapshot");
        handler.closeReactor();
        // Trusting anybody, for what is settled here for the whole JVM must suit every router to come.
        RouterTls.of("00".repeat(32), ClientConfig.Trust.ANY).context().createSSLEngine();
        byte[] invoke = new InvokeRequest(null, "x", "https://x:1", 1, Instant.now(), true, "x", null).toJson();
        LOG.debug("rehearsed {}", InvokeRequest.fromJson(new ByteArrayInputStream(invoke)));
    }

    @Override
    public void afterRestore(Context<? extends Resource> context) throws IOException {
        SecureRandom random = new SecureRandom();
        renew(random);
        handler.openReactor();
        LOG.debug("after the snapshot, with fresh seed for {}", random.getAlgorithm());
    }

    /**
     * All environments of a snapshot begin with the same memory, and so with the same state of the generator and the same bytes
     * that it has read ahead from the kernel. On Linux the JDK has one generator for TLS, UUIDs and whoever makes a new
     * {@code SecureRandom}; others have their state in each object, so that a new one is fresh anyway.
     */
    static void renew(SecureRandom random) throws IOException {
        try (InputStream kernel = Files.newInputStream(KERNELS_RANDOM)) {
            random.setSeed(kernel.readNBytes(SEED_BYTES));
        }
    }
}
