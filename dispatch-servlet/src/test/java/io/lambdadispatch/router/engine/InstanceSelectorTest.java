package io.lambdadispatch.router.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InstanceSelectorTest {
    private static final List<LambdaInstance.State> STATES = List.of(LambdaInstance.State.values());

    private final InstanceSelector selector = new InstanceSelector(10);

    private LambdaInstance open(String id, int running, int idleChannels) {
        LambdaInstance instance = new LambdaInstance(id, "token", 0);
        instance.state = LambdaInstance.State.OPEN;
        instance.running = running;
        for (int i = 0; i < idleChannels; i++) {
            instance.idle.push(new TestChannel(instance));
        }
        selector.update(instance);
        return instance;
    }

    @Test
    void hasNobodyAtFirst() {
        assertNull(selector.least());
    }

    @Test
    void prefersTheInstanceThatRunsLeast() {
        open("busy", 7, 1);
        LambdaInstance idle = open("idle", 2, 1);
        open("busier", 9, 1);
        assertSame(idle, selector.least());
    }

    @Test
    void takesTurnsAmongEquals() {
        LambdaInstance a = open("a", 0, 5);
        LambdaInstance b = open("b", 0, 5);
        LambdaInstance c = open("c", 0, 5);
        List<LambdaInstance> chosen = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            LambdaInstance least = selector.least();
            chosen.add(least);
            least.running++;
            selector.update(least);
        }
        assertEquals(List.of(a, b, c, a, b, c), chosen);
    }

    @Test
    void neverChoosesAFullInstance() {
        open("full", 10, 3);
        assertNull(selector.least());
    }

    @Test
    void neverChoosesAnInstanceWithoutIdleChannel() {
        open("mute", 0, 0);
        assertNull(selector.least());
    }

    @ParameterizedTest
    @ValueSource(strings = {"STARTING", "DRAINING", "CLOSED"})
    void neverChoosesAnInstanceThatIsNotOpen(LambdaInstance.State state) {
        LambdaInstance instance = open("a", 0, 3);
        instance.state = state;
        selector.update(instance);
        assertNull(selector.least());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 63, 64, 65, 128, 200})
    void agreesWithASearchThroughAll(int maxRunning) {
        InstanceSelector tested = new InstanceSelector(maxRunning);
        Random random = new Random(maxRunning);
        List<LambdaInstance> all = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            all.add(new LambdaInstance("i" + i, "token", 0));
        }
        for (int step = 0; step < 20_000; step++) {
            LambdaInstance instance = all.get(random.nextInt(all.size()));
            switch (random.nextInt(4)) {
                case 0 -> instance.running = random.nextInt(maxRunning + 1);
                case 1 -> instance.idle.push(new TestChannel(instance));
                case 2 -> {
                    if (!instance.idle.isEmpty()) {
                        instance.idle.pop();
                    }
                }
                default -> instance.state = STATES.get(random.nextInt(STATES.size()));
            }
            tested.update(instance);
            int expected = all.stream()
                    .filter(one -> one.state == LambdaInstance.State.OPEN)
                    .filter(one -> one.running < maxRunning && !one.idle.isEmpty())
                    .mapToInt(one -> one.running)
                    .min()
                    .orElse(-1);
            LambdaInstance least = tested.least();
            assertEquals(expected, least == null ? -1 : least.running, "step " + step);
        }
    }
}
