package io.lambdadispatch.router.engine;

import static io.lambdadispatch.router.engine.LambdaInstance.State.CLOSED;
import static io.lambdadispatch.router.engine.LambdaInstance.State.DRAINING;
import static io.lambdadispatch.router.engine.LambdaInstance.State.OPEN;
import static io.lambdadispatch.router.engine.LambdaInstance.State.STARTING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Walks every event in every state. */
class LambdaInstanceTest {
    private final Roster roster = new Roster(3);
    private final Dispatcher dispatcher = new Dispatcher(roster, 10);
    private final LambdaInstance instance = new LambdaInstance("a", "token", 0);
    private final TestRequest running = new TestRequest();
    private TestChannel idle;

    /** What can happen to an instance. */
    enum Event {
        CHANNEL_OPENS,
        IDLE_CHANNEL_LOST,
        EXCHANGE_ENDS,
        CHANNEL_IS_REUSED,
        REQUEST_COMES,
        DRAIN,
        END
    }

    /** Brings the instance there, with one running request and one idle channel where it can have them. */
    private void bring(LambdaInstance.State state) {
        roster.add(instance);
        if (state == STARTING) {
            return;
        }
        dispatcher.open(new TestChannel(instance), 0);
        dispatcher.submit(running, 0);
        idle = new TestChannel(instance);
        dispatcher.open(idle, 0);
        if (state == DRAINING) {
            roster.drain(instance);
        }
        if (state == CLOSED) {
            roster.end(instance);
        }
    }

    private void happens(Event event) {
        switch (event) {
            case CHANNEL_OPENS -> dispatcher.open(new TestChannel(instance), 0);
            case IDLE_CHANNEL_LOST -> {
                if (idle != null) {
                    dispatcher.lose(idle);
                }
            }
            case EXCHANGE_ENDS -> {
                if (running.channel != null) {
                    dispatcher.release(running, running.channel, true, 0);
                }
            }
            case CHANNEL_IS_REUSED -> {
                if (running.channel != null) {
                    dispatcher.reuse(running, running.channel, 0);
                }
            }
            case REQUEST_COMES -> dispatcher.submit(new TestRequest(), 0);
            case DRAIN -> roster.drain(instance);
            case END -> roster.end(instance);
        }
    }

    /** State, requests that it runs, idle channels, requests that wait. */
    private String books() {
        Observation seen = dispatcher.snapshot();
        assertEquals(instance.running, instance.busy.size());
        assertEquals(instance.running, seen.running());
        assertEquals(instance.idle.size(), seen.idleChannels());
        assertEquals(instance.state == STARTING ? 1 : 0, seen.starting());
        assertEquals(instance.state == OPEN ? 1 : 0, seen.open());
        assertEquals(instance.state == DRAINING ? 1 : 0, seen.draining());
        assertEquals(instance.state == CLOSED ? null : instance, roster.find("a"));
        assertEquals(
                instance.state == OPEN && instance.running < 3 && !instance.idle.isEmpty() ? instance : null,
                dispatcher.leastBusy());
        return instance.state + " " + instance.running + " " + instance.idle.size() + " " + seen.pending();
    }

    @ParameterizedTest(name = "{0}: {1} leads to {2}")
    @CsvSource({
        "STARTING, CHANNEL_OPENS,     OPEN 0 1 0",
        "STARTING, IDLE_CHANNEL_LOST, STARTING 0 0 0",
        "STARTING, EXCHANGE_ENDS,     STARTING 0 0 0",
        "STARTING, CHANNEL_IS_REUSED, STARTING 0 0 0",
        "STARTING, REQUEST_COMES,     STARTING 0 0 1",
        "STARTING, DRAIN,             DRAINING 0 0 0",
        "STARTING, END,               CLOSED 0 0 0",
        "OPEN,     CHANNEL_OPENS,     OPEN 1 2 0",
        "OPEN,     IDLE_CHANNEL_LOST, OPEN 1 0 0",
        "OPEN,     EXCHANGE_ENDS,     OPEN 0 1 0",
        "OPEN,     CHANNEL_IS_REUSED, OPEN 0 2 0",
        "OPEN,     REQUEST_COMES,     OPEN 2 0 0",
        "OPEN,     DRAIN,             DRAINING 1 0 0",
        "OPEN,     END,               CLOSED 1 0 0",
        "DRAINING, CHANNEL_OPENS,     DRAINING 1 0 0",
        "DRAINING, IDLE_CHANNEL_LOST, DRAINING 1 0 0",
        "DRAINING, EXCHANGE_ENDS,     DRAINING 0 0 0",
        "DRAINING, CHANNEL_IS_REUSED, DRAINING 0 0 0",
        "DRAINING, REQUEST_COMES,     DRAINING 1 0 1",
        "DRAINING, DRAIN,             DRAINING 1 0 0",
        "DRAINING, END,               CLOSED 1 0 0",
        "CLOSED,   CHANNEL_OPENS,     CLOSED 1 0 0",
        "CLOSED,   IDLE_CHANNEL_LOST, CLOSED 1 0 0",
        "CLOSED,   EXCHANGE_ENDS,     CLOSED 0 0 0",
        "CLOSED,   CHANNEL_IS_REUSED, CLOSED 0 0 0",
        "CLOSED,   REQUEST_COMES,     CLOSED 1 0 1",
        "CLOSED,   DRAIN,             CLOSED 1 0 0",
        "CLOSED,   END,               CLOSED 1 0 0",
    })
    void takesEachEventInEachState(LambdaInstance.State before, Event event, String after) {
        bring(before);
        assertEquals(before, instance.state);
        happens(event);
        assertEquals(after, books());
    }

    static List<Arguments> statesAndTwoEvents() {
        List<Arguments> all = new ArrayList<>();
        for (LambdaInstance.State state : LambdaInstance.State.values()) {
            for (Event first : Event.values()) {
                for (Event second : Event.values()) {
                    all.add(Arguments.of(state, first, second));
                }
            }
        }
        return all;
    }

    @ParameterizedTest(name = "{0}: {1} then {2}")
    @MethodSource("statesAndTwoEvents")
    void neverGoesBackToAnEarlierState(LambdaInstance.State before, Event first, Event second) {
        bring(before);
        happens(first);
        LambdaInstance.State between = instance.state;
        happens(second);
        books();
        List<LambdaInstance.State> walk = List.of(before, between, instance.state);
        assertEquals(walk.stream().sorted().toList(), walk);
    }

    @Test
    void opensNoChannelAfterItsEnd() {
        bring(CLOSED);
        TestChannel late = new TestChannel(instance);
        assertFalse(dispatcher.open(late, 0).accepted());
        assertEquals(Channel.State.CLOSED, late.state);
        assertNull(dispatcher.release(running, late, true, 0));
        assertEquals("CLOSED 1 0 0", books());
    }
}
