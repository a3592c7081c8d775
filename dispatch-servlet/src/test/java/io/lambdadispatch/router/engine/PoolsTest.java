package io.lambdadispatch.router.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.protocol.ExitReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Pools that come with the requests that ask for them, and go when nobody does, never more than may be: what issue 155 of the system
 * that this one re-implements asks for.
 */
class PoolsTest {
    private static final Duration IDLE = Duration.ofMinutes(10);

    @RegisterExtension
    final FakeTime time = new FakeTime();

    private final FakeLambda lambda = new FakeLambda();
    private final List<LambdaInstance> instances = new ArrayList<>();
    private final Pools pools = new Pools(pool("default"), this::pool, new Pools.Limits(2, IDLE), time);
    private int identities;

    private Pool pool(String name) {
        PoolSettings settings = new PoolSettings(
                name, name, 10, 20, 10, TestPool.REQUEST_TIMEOUT, TestPool.START_TIMEOUT, Duration.ZERO, 0, 10);
        PoolListener listener = new PoolListener() {
            @Override
            public void instanceStarting(String poolId, LambdaInstance instance) {
                instances.add(instance);
            }
        };
        return new Pool(
                settings,
                TestPool.whileBusy(1),
                new PoolPorts(
                        lambda, () -> new Identity("i-" + identities++, "token"), listener, time, time, () -> 0.5));
    }

    private static TestRequest submit(Pool pool) {
        TestRequest request = new TestRequest();
        pool.submit(request);
        return request;
    }

    @Test
    void makesAPoolOnFirstUse() {
        assertEquals(Optional.empty(), pools.find("a"));
        Pool a = pools.open("a").orElseThrow();
        assertEquals("a", a.id());
        assertSame(a, pools.open("a").orElseThrow());
        assertSame(a, pools.find("a").orElseThrow());
        assertEquals(2, pools.all().size());
    }

    @Test
    void makesNoMoreThanMayBeAndOneInThePlaceOfOneThatWent() {
        pools.open("a");
        pools.open("b");
        assertEquals(Optional.empty(), pools.open("c"));
        assertEquals(Optional.empty(), pools.find("c"));
        time.advance(IDLE.multipliedBy(2));
        assertEquals("c", pools.open("c").orElseThrow().id());
    }

    @Test
    void removesAPoolThatNobodyUses() {
        Pool a = pools.open("a").orElseThrow();
        time.advance(IDLE.minusSeconds(1));
        assertSame(a, pools.find("a").orElseThrow());
        time.advance(IDLE);
        assertEquals(Optional.empty(), pools.find("a"));
        assertTrue(time.nothingScheduled(), "nobody looks after what is not there");
        assertNotSame(a, pools.open("a").orElseThrow());
    }

    @Test
    void removesEachInItsTurn() {
        pools.open("a");
        time.advance(IDLE.dividedBy(2));
        pools.open("b");
        time.advance(IDLE.dividedBy(2).plusSeconds(1));
        assertEquals(Optional.empty(), pools.find("a"));
        assertTrue(pools.find("b").isPresent());
        time.advance(IDLE);
        assertEquals(Optional.empty(), pools.find("b"));
        assertTrue(time.nothingScheduled());
    }

    @Test
    void keepsAPoolThatIsUsed() {
        Pool a = pools.open("a").orElseThrow();
        for (int i = 0; i < 20; i++) {
            time.advance(IDLE.minusSeconds(1));
            assertSame(a, pools.open("a").orElseThrow());
        }
    }

    @Test
    void keepsAPoolThatHasWorkOrAnInstanceHoweverOldItsLastRequest() {
        Pool a = pools.open("a").orElseThrow();
        TestRequest request = submit(a);
        time.runDue();
        TestChannel channel = new TestChannel(instances.get(0));
        assertTrue(a.opened(channel));
        time.advance(IDLE.multipliedBy(3));
        assertSame(a, pools.find("a").orElseThrow());
        assertEquals(List.of(channel), request.channels());
        a.answered(request, channel);
        time.advanceMillis(100);
        assertSame(a, pools.find("a").orElseThrow(), "its instance is still there");
        lambda.start(0).answer(ExitReason.ROUTER_GO_AWAY);
        time.advance(IDLE);
        assertEquals(Optional.empty(), pools.find("a"));
    }

    @Test
    void neverRemovesTheDefaultPool() {
        pools.open("a");
        time.advance(IDLE.multipliedBy(10));
        assertSame(pools.defaultPool(), pools.find("default").orElseThrow());
        assertTrue(submit(pools.defaultPool()).isWaiting());
    }

    @Test
    void makesNoneWhenClosed() {
        Pool a = pools.open("a").orElseThrow();
        pools.close();
        assertEquals(Optional.empty(), pools.open("b"));
        assertSame(a, pools.open("a").orElseThrow());
        assertEquals(List.of(Refusal.SHUTTING_DOWN), submit(a).refusals());
        assertEquals(List.of(Refusal.SHUTTING_DOWN), submit(pools.defaultPool()).refusals());
    }
}
