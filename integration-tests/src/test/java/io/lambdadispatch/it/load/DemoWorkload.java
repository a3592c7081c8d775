package io.lambdadispatch.it.load;

import io.lambdadispatch.it.load.LoadRequest.Framing;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.regex.Pattern;

/**
 * A mix of what the demo app offers: seven safe requests of ten, short and slow, and three with bodies, of known and unknown
 * length, at once and in pieces over some time. About 30 are under way at once at 1,000 a second. The same seed makes
 * the same mix.
 */
public final class DemoWorkload implements Workload {
    private static final Pattern FACT = Pattern.compile("\\{\"number\":\\d+,\"fact\":\".+\"}");
    private static final int NOISE_BYTES = 1024 * 1024;
    private static final int SLOW_BYTES = 160 * 1024;
    private static final int LONGEST_BITS = 14;

    private final SplittableRandom random;
    private final ByteBuffer noise;

    /** A mix of its own. */
    public DemoWorkload(long seed) {
        random = new SplittableRandom(seed);
        byte[] bytes = new byte[NOISE_BYTES];
        random.nextBytes(bytes);
        noise = ByteBuffer.wrap(bytes);
    }

    @Override
    public LoadRequest next() {
        int choice = random.nextInt(100);
        if (choice < 35) {
            return LoadRequest.get("/ping", Content.of("pong"));
        } else if (choice < 50) {
            return LoadRequest.get("/fact", Content.like(FACT));
        } else if (choice < 70) {
            int delay = random.nextInt(20, 150);
            return LoadRequest.get("/delay?delay=" + delay, Content.of("delayed " + delay + " ms\n"));
        } else if (choice < 84) {
            return LoadRequest.echo("/echo", body(), Framing.COUNTED, 1, 0);
        } else if (choice < 89) {
            return LoadRequest.echo("/echo", body(), Framing.CHUNKED, 3, 0);
        } else if (choice < 94) {
            return LoadRequest.echo("/echo", body(), Framing.CHUNKED, 4, pause());
        } else if (choice < 99) {
            return LoadRequest.echo("/echo-slow", body(), Framing.COUNTED, 4, pause());
        }
        // The demo app rests after each 64 KB of these.
        return LoadRequest.echo("/echo-slow?delay=40", piece(SLOW_BYTES), Framing.COUNTED, 1, 0);
    }

    private long pause() {
        return Duration.ofMillis(random.nextInt(10, 50)).toNanos();
    }

    /** Most are short, a few long: as many below 128 bytes as above. */
    private ByteBuffer body() {
        int bits = random.nextInt(1, LONGEST_BITS + 1);
        return piece(random.nextInt(1 << (bits - 1), 1 << bits) + 3);
    }

    private ByteBuffer piece(int size) {
        return noise.slice(random.nextInt(NOISE_BYTES - size), size);
    }
}
