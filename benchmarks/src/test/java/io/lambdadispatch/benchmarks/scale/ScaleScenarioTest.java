package io.lambdadispatch.benchmarks.scale;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The scenarios in small: each with a few thousandths of its rates. */
class ScaleScenarioTest {
    private static double small(ScaleScenario scenario) {
        return 10 / scenario.busiest();
    }

    private static Stream<Story> played(ScaleScenario scenario, long seed) {
        return Stream.of(Contestant.values()).map(contestant -> scenario.playedBy(contestant, seed, small(scenario)));
    }

    /** A ticket that ends twice fails the simulation, and so does one that is open at its end. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DAY")
    void answersOrFailsEachRequestOnceWhoeverServesIt(ScaleScenario scenario) {
        List<Figures> figures = played(scenario, 7).map(Story::figures).toList();
        long asked = figures.get(0).asked();
        assertTrue(asked > 0);
        for (Figures each : figures) {
            assertEquals(asked, each.asked(), "all have the same users");
            long before = each.answered() + each.failed() - asked;
            assertTrue(before >= 0 && before < 20, "but for those that came in the warm-up: " + each);
        }
    }

    /** A day without a warm-up, so that no request is older than the story. A day is long, so one of them must do. */
    @Test
    void forgetsNobodyInADay() {
        Figures day = ScaleScenario.DAY
                .playedBy(Contestant.ADAPTIVE, 7, small(ScaleScenario.DAY))
                .figures();
        assertEquals(day.asked(), day.answered() + day.failed());
        assertTrue(day.asked() > 100_000, day.toString());
    }

    @ParameterizedTest
    @EnumSource(names = {"SPIKES", "DEPLOY", "ZONE"})
    void isTheSameForTheSameSeed(ScaleScenario scenario) {
        List<Figures> once = played(scenario, 7).map(Story::figures).toList();
        assertEquals(once, played(scenario, 7).map(Story::figures).toList());
        assertNotEquals(once, played(scenario, 8).map(Story::figures).toList());
    }

    @ParameterizedTest
    @EnumSource
    void leavesNothingRunning(Contestant contestant) {
        Story story = ScaleScenario.ZONE.playedBy(contestant, 7, 0.05);
        Figures figures = story.figures();
        assertTrue(figures.answered() > 20_000, figures.toString());
        assertTrue(figures.failed() > 0, "some die with their environment, and are uploads: " + figures);
        assertTrue(figures.failed() < 50, figures.toString());
    }

    @ParameterizedTest
    @EnumSource
    void aDeployReplacesAllEnvironments(Contestant contestant) {
        Figures figures = ScaleScenario.DEPLOY.playedBy(contestant, 7, 0.05).figures();
        assertTrue(figures.bill().coldStarts() >= 4, figures.toString());
    }

    @Test
    void aRouterNeedsFewerEnvironmentsThanLambdaWithout() {
        for (Contestant contestant : EnumSet.complementOf(EnumSet.of(Contestant.PLAIN))) {
            Figures routed = ScaleScenario.ZONE.playedBy(contestant, 7, 0.05).figures();
            Figures plain =
                    ScaleScenario.ZONE.playedBy(Contestant.PLAIN, 7, 0.05).figures();
            assertTrue(routed.billedSeconds() < plain.billedSeconds() / 2, routed + " against " + plain);
        }
    }
}
