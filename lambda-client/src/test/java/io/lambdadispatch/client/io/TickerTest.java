package io.lambdadispatch.client.io;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TickerTest {
    @Test
    void aTickThatThrowsAnErrorIsNotTheLast() throws Exception {
        CountDownLatch ticks = new CountDownLatch(3);
        try (Ticker ticker = Ticker.system();
                AutoCloseable task = ticker.start(() -> {
                    ticks.countDown();
                    throw new StackOverflowError("by the test");
                })) {
            assertTrue(ticks.await(20, TimeUnit.SECONDS), task.toString());
        }
    }
}
