package io.lambdadispatch.router.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A pool whose time to finish is up. */
class AbandonTest {
    private final FakeTime time = new FakeTime();
    private final TestPool pool = new TestPool(time, 1, 100, TestPool.wanting(() -> 1));

    @Test
    void whoWaitsIsRefusedAndWhatRunsIsCutOff() {
        TestRequest running = pool.submit();
        List<TestRequest> waiting = pool.submit(3);
        time.runDue();
        TestChannel channel = pool.open(pool.instance(0));
        assertTrue(running.isAssigned());

        pool.pool.close();
        pool.pool.abandon();

        waiting.forEach(request -> assertEquals(List.of(Refusal.SHUTTING_DOWN), request.refusals()));
        assertEquals(1, channel.aborts());
        assertEquals(0, pool.pool.snapshot().pending());
        assertEquals(List.of(Refusal.SHUTTING_DOWN), pool.submit().refusals());
    }

    @Test
    void nothingIsSentAgain() {
        TestRequest running = pool.submit();
        time.runDue();
        TestChannel channel = pool.open(pool.instance(0));
        pool.pool.close();
        pool.pool.abandon();

        pool.released(channel);
        pool.pool.retry(running);

        assertEquals(List.of(Refusal.SHUTTING_DOWN), running.refusals());
        assertEquals(0, pool.pool.snapshot().running());
        assertEquals(0, pool.pool.snapshot().pending());
        assertFalse(pool.pool.cancel(running));
    }
}
