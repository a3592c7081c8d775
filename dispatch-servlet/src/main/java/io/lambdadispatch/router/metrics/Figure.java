package io.lambdadispatch.router.metrics;

/**
 * One figure of a pool over a period, or at its end.
 *
 * @param unit as CloudWatch names it
 */
record Figure(String name, Unit unit, double value) {
    enum Unit {
        COUNT("Count"),
        COUNT_PER_SECOND("Count/Second"),
        MILLISECONDS("Milliseconds"),
        BYTES("Bytes"),
        NONE("None");

        private final String text;

        Unit(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
