package io.lambdadispatch.benchmarks.scale;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lambdadispatch.benchmarks.scale.Tally.Outcomes;
import io.lambdadispatch.benchmarks.scale.Ticket.Failure;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TallyTest {
    private final VirtualTime time = new VirtualTime();
    private final Tally tally = new Tally(time);

    @Test
    void noTicketEndsTwice() {
        Ticket ticket = tally.ask();
        ticket.answered();
        assertThrows(IllegalStateException.class, ticket::answered);
        assertThrows(IllegalStateException.class, () -> ticket.failed(Failure.CUT_OFF));
        assertEquals(0, tally.open());
    }

    @Test
    void countsWhatHappenedSinceTheLastLook() {
        Ticket late = tally.ask();
        tally.ask().failed(Failure.THROTTLED);
        assertEquals(1, tally.open());
        Outcomes first = tally.take();
        assertEquals(2, first.asked());
        assertEquals(0, first.answered());
        assertEquals(Map.of(Failure.THROTTLED, 1L), first.failed());
        time.advance(Duration.ofMillis(1_500));
        late.begun();
        late.answered();
        Outcomes second = tally.take();
        assertEquals(0, second.asked());
        assertEquals(1, second.answered());
        assertEquals(0, second.failures());
        assertEquals(1_500, second.waitMillis(100));
        assertEquals(1, second.waitedOver(1_000));
        assertEquals(0, second.waitedOver(2_000));
        Outcomes both = first.plus(second);
        assertEquals(both.asked(), both.answered() + both.failures());
    }

    @Test
    void noSimulationEndsWhileARequestIsOpen() {
        SimulatedFunction function = SimulatedFunction.taking(ServiceTime.constant(Duration.ofHours(1)));
        Simulation simulation = new Simulation(time, 1, function, PlainLambda::new);
        simulation.burst(1);
        assertThrows(IllegalStateException.class, simulation::end);
    }
}
