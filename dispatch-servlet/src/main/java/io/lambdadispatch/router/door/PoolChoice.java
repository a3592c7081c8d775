package io.lambdadispatch.router.door;

import io.lambdadispatch.protocol.FieldNames;
import io.lambdadispatch.protocol.InvokeRequest;
import io.lambdadispatch.router.config.HeaderSecret;
import io.lambdadispatch.router.config.LambdaFunction;
import io.lambdadispatch.router.config.NamedPoolSettings;
import io.lambdadispatch.router.config.RouterConfig;
import io.lambdadispatch.router.engine.Pool;
import io.lambdadispatch.router.engine.Pools;
import io.lambdadispatch.router.relay.RequestHead;
import java.util.Optional;

/**
 * Which pool serves a request: the configured function's, or the one that {@code X-Lambda-Name} asks for, if that is allowed.
 *
 * @param pool {@code null} when the request is refused
 * @param status why, as a response status
 * @param message why, for the user; never repeats what they sent
 */
record PoolChoice(Pool pool, int status, String message) {
    private static final int OK = 200;
    private static final int BAD_REQUEST = 400;
    private static final int FORBIDDEN = 403;
    private static final int UNAVAILABLE = 503;

    static PoolChoice of(RequestHead request, RouterConfig config, Pools pools) {
        String name = request.field(FieldNames.LAMBDA_NAME);
        if (name == null) {
            return of(pools.defaultPool());
        }
        NamedPoolSettings named = config.namedPools();
        if (!mayChoose(request, named.secret())) {
            return refused(FORBIDDEN, "X-Lambda-Name: you may not choose the function.");
        }
        if (name.equals(config.function().text())) {
            return of(pools.defaultPool());
        }
        if (!named.allows(name)) {
            return refused(FORBIDDEN, "X-Lambda-Name: this function is not allowed.");
        }
        if (!LambdaFunction.isOne(name) || name.equals(InvokeRequest.DEFAULT_POOL)) {
            return refused(BAD_REQUEST, "X-Lambda-Name: this is no function's name.");
        }
        return pools.open(name)
                .map(PoolChoice::of)
                .orElseGet(() -> refused(UNAVAILABLE, "X-Lambda-Name: as many functions are served as may be."));
    }

    private static boolean mayChoose(RequestHead request, Optional<HeaderSecret> secret) {
        return secret.isEmpty()
                || secret.get().isShownBy(request.field(secret.get().name()));
    }

    private static PoolChoice of(Pool pool) {
        return new PoolChoice(pool, OK, null);
    }

    private static PoolChoice refused(int status, String message) {
        return new PoolChoice(null, status, message);
    }

    boolean isRefused() {
        return pool == null;
    }
}
