package io.lambdadispatch.benchmarks.scale;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What each algorithm promises, in numbers, and that {@code adaptive} keeps what it is made for. Prints the table by which to
 * choose one.
 */
class ScalingComparisonTest {
    private static final long SEED = 7;
    private static final StringBuilder TABLE = new StringBuilder(String.format(
            Locale.ROOT,
            "%-34s %-9s %8s %8s %8s %9s %7s %5s %7s",
            "scenario",
            "algorithm",
            "p50 ms",
            "p99 ms",
            "max ms",
            "billed s",
            "invokes",
            "peak",
            "changes"));

    /**
     * The longest that a request waits, in ms; what is billed, in s; invokes. They are bounds, some percent above what is
     * measured: lower them when you have made it better.
     */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        // scenario      | simple             | ewma                 | adaptive
        "BURST,             5300,   300,  75,    8900,    25,    6,     5650,    75,  12",
        "BURST_OF_STREAMS, 10100,  1800, 580,   56000,  1300,   45,    12000,  1700, 640",
        "BURSTS,            5200,   350, 470,    6900,   110,  140,     5500,   190, 170",
        "FROM_ZERO,         5050,   570, 120,    6700,   350,   15,     5100,   330,  15",
        "MANY_FROM_ZERO,    5050,  1180, 180,    8600,   770,   30,     5100,  1150,  80",
        "STEADY,               5,  1950, 440,       0,  1850,    4,        0,  1550,   4",
        "MANY,                 0,  1850, 250,       0,  1600,    4,        0,  1400,   4",
        "HEAVY_TAIL,           5,  2150, 400,       0,  1900,   20,        0,  1600,   6",
        "ONE_AT_A_TIME,     1400,  2250, 920,     900,  2250,  400,      260,  2650, 760",
        "FEW,                150,   290, 420,     150,   290,  410,      150,   290, 410",
        "STREAMS,              0, 11500, 280,       0, 11500, 1990,        0,  7800, 160",
        "MIXED,                0,  6300, 410,       0,  5900,  400,        0,  2300,   4",
        "DOUBLING,             0,   710, 130,       0,   700,   14,        0,   600,  12",
        "FALLING,              0,     5,   4,       0,     6,    8,        0,     5,   4",
        "FADING,             150,    40,  75,     150,    45,   95,      150,    40,  75",
        "RAMP,              5000,  1850, 220,    5000,  1550,   60,     5000,  1370,  50",
        "WAVES,               70,  1950, 480,      30,  1850,  150,       80,  2000, 130",
        "DAY,               5000,  4200, 900,    5000,  3950,  150,     5000,  3400, 120",
        "DEADLINES,          150,  3850, 870,       0,  4050,  145,        0,  3350, 115",
    })
    void keepsItsPromise(
            ScalingScenario scenario,
            int simpleMaxMillis,
            int simpleSeconds,
            int simpleInvokes,
            int ewmaMaxMillis,
            int ewmaSeconds,
            int ewmaInvokes,
            int adaptiveMaxMillis,
            int adaptiveSeconds,
            int adaptiveInvokes) {
        Map<Algorithm, Figures> figures = new EnumMap<>(Algorithm.class);
        for (Algorithm algorithm : Algorithm.values()) {
            Figures played = scenario.playedBy(algorithm, SEED, 0);
            figures.put(algorithm, played);
            TABLE.append('\n').append(row(scenario, algorithm, played));
            assertEquals(0, played.failed());
        }
        Figures simple = figures.get(Algorithm.SIMPLE);
        Figures adaptive = figures.get(Algorithm.ADAPTIVE);
        assertAll(
                () -> isWithin(simpleMaxMillis, simpleSeconds, simpleInvokes, simple),
                () -> isWithin(ewmaMaxMillis, ewmaSeconds, ewmaInvokes, figures.get(Algorithm.EWMA)),
                () -> isWithin(adaptiveMaxMillis, adaptiveSeconds, adaptiveInvokes, adaptive),
                () -> isHardlyEverWorse(adaptive, simple));
    }

    private static String row(ScalingScenario scenario, Algorithm algorithm, Figures figures) {
        return String.format(
                Locale.ROOT,
                "%-34s %-9s %8.0f %8.0f %8.0f %9.0f %7d %5d %7d",
                scenario,
                algorithm,
                figures.p50Millis(),
                figures.p99Millis(),
                figures.maxMillis(),
                figures.billedSeconds(),
                figures.bill().invokes(),
                figures.peak(),
                figures.changes());
    }

    private static void isWithin(int maxMillis, int seconds, int invokes, Figures figures) {
        assertTrue(figures.maxMillis() <= maxMillis, "waits: " + figures);
        assertTrue(figures.billedSeconds() <= seconds, "bill: " + figures);
        assertTrue(figures.bill().invokes() <= invokes, "invokes: " + figures);
    }

    /** A fifth worse at most, in what users feel and in what is paid, or what is too small to count. */
    private static void isHardlyEverWorse(Figures adaptive, Figures simple) {
        assertTrue(adaptive.maxMillis() <= 1.2 * simple.maxMillis() + 50, adaptive + " against " + simple);
        assertTrue(adaptive.billedSeconds() <= 1.2 * simple.billedSeconds() + 5, adaptive + " against " + simple);
    }

    @AfterAll
    static void printTable() {
        System.out.println(TABLE);
    }
}
