package io.lambdadispatch.router.config;

import java.math.BigDecimal;
import java.util.OptionalInt;

/**
 * What instances cost, to estimate with; in US dollars.
 *
 * @param memoryMegabytes of the function; empty when it is not known, and then nothing can be estimated
 * @param perGigabyteSecond price of a GB of memory for a second
 * @param perMillionInvokes price of a million invokes
 */
public record CostSettings(OptionalInt memoryMegabytes, BigDecimal perGigabyteSecond, BigDecimal perMillionInvokes) {
    private static final double MEGABYTES_PER_GIGABYTE = 1_024;
    private static final double MILLION = 1_000_000;

    /** Whether the function's memory is known. */
    public boolean isKnown() {
        return memoryMegabytes.isPresent();
    }

    /**
     * What that is billed, in US dollars; 0 when the function's memory is not known.
     *
     * @param seconds that environments ran, each for itself
     */
    public double dollars(double seconds, long invokes) {
        if (!isKnown()) {
            return 0;
        }
        double gigabytes = memoryMegabytes.getAsInt() / MEGABYTES_PER_GIGABYTE;
        return seconds * gigabytes * perGigabyteSecond.doubleValue()
                + invokes / MILLION * perMillionInvokes.doubleValue();
    }
}
