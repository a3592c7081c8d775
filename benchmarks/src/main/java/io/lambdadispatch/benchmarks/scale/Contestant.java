package io.lambdadispatch.benchmarks.scale;

/** Who is compared: the router with each of its planners, and AWS Lambda without a router. */
@SuppressWarnings("ImmutableEnumChecker") // a maker is a function without state
enum Contestant {
    SIMPLE("router, simple", by(Algorithm.SIMPLE)),
    EWMA("router, ewma", by(Algorithm.EWMA)),
    ADAPTIVE("router, adaptive", by(Algorithm.ADAPTIVE)),
    PLAIN("plain Lambda", PlainLambda::new);

    /** {@code InstanceCountMultiplier} as it is by default. */
    private static final int MULTIPLIER = 2;

    private final String title;
    private final Service.Maker maker;

    Contestant(String title, Service.Maker maker) {
        this.title = title;
        this.maker = maker;
    }

    private static Service.Maker by(Algorithm algorithm) {
        return (time, function, chance) ->
                new Routed(time, function, chance, algorithm.planner(function.maxConcurrent(), MULTIPLIER));
    }

    Service.Maker maker() {
        return maker;
    }

    boolean hasRouter() {
        return this != PLAIN;
    }

    @Override
    public String toString() {
        return title;
    }
}
