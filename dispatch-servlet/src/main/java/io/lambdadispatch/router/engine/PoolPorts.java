package io.lambdadispatch.router.engine;

import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/**
 * What a pool needs of the world outside of the engine.
 *
 * @param identities makes the id and token of an instance
 * @param random 0 to 1, spreads the attempts of many routers
 */
public record PoolPorts(
        LambdaInvoker invoker,
        Supplier<Identity> identities,
        PoolListener listener,
        Clock clock,
        Scheduler scheduler,
        DoubleSupplier random) {}
