package io.lambdadispatch.router.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Work that is done by one at a time, and not by the same one for ever. */
class SerialTaskTest {
    private final MemoryEnd end = MemoryEnd.of("GET", "/");
    private int turns;
    private int crashes;
    private Runnable work = () -> {};

    private final class Task extends SerialTask {
        @Override
        protected void advance() {
            turns++;
            work.run();
        }

        @Override
        protected void crashed() {
            crashes++;
        }

        void handOver() {
            goOnElsewhere(end);
        }
    }

    private final Task task = new Task();

    /** Does that in the next turn only. */
    private void once(Runnable action) {
        work = () -> {
            work = () -> {};
            action.run();
        };
    }

    @Test
    void whoWakesItWithinATurnGetsAnotherOne() {
        once(() -> {
            task.wake();
            task.wake();
            assertEquals(1, turns, "never two at once");
        });
        task.wake();
        assertEquals(2, turns);
    }

    @Test
    void oneTurnIsEnoughForOneWake() {
        task.wake();
        assertEquals(1, turns);
    }

    @Test
    void aTurnThatThrowsIsNotTheLastOne() {
        once(() -> {
            throw new IllegalStateException("the test says so");
        });
        task.wake();
        assertEquals(1, crashes);
        task.wake();
        assertEquals(2, turns);
    }

    @Test
    void aTaskThatIsHandedOverKeepsNobodyWhoWakesIt() {
        once(task::handOver);
        task.wake();
        assertEquals(1, turns);
        task.wake();
        task.wake();
        assertEquals(1, turns, "another thread is at it, or soon will be");
        end.runElsewhere();
        assertEquals(2, turns);
        task.wake();
        assertEquals(3, turns);
    }

    @Test
    void aTaskThatIsHandedOverWithoutBeingWokenHasATurnThereToo() {
        once(task::handOver);
        task.wake();
        end.runElsewhere();
        assertEquals(2, turns);
    }

    @Test
    void whereNoThreadIsLentItGoesOnHere() {
        end.thatLendsNoThread();
        once(task::handOver);
        task.wake();
        assertEquals(2, turns);
        task.wake();
        assertEquals(3, turns);
    }
}
