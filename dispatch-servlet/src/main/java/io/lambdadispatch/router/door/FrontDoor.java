package io.lambdadispatch.router.door;

import io.lambdadispatch.protocol.ControlPath;
import io.lambdadispatch.protocol.FieldNames;
import io.lambdadispatch.protocol.HeadTooLargeException;
import io.lambdadispatch.protocol.ProtocolException;
import io.lambdadispatch.router.config.RouterConfig;
import io.lambdadispatch.router.relay.Exchange;
import io.lambdadispatch.router.relay.HttpEnd;
import io.lambdadispatch.router.relay.RequestRecord;
import io.lambdadispatch.router.relay.RouterResponse;

/** Where users' requests enter. Each is taken in at once and answered later; no thread waits for it. */
final class FrontDoor implements Door {
    /** What lies below is between router and instance: no user's request for it reaches a channel. */
    private static final String RESERVED =
            ControlPath.GOAWAY_TARGET.substring(0, ControlPath.GOAWAY_TARGET.lastIndexOf('/') + 1);

    private static final String HEALTH = "/health";

    private static final int OK = 200;
    private static final int BAD_REQUEST = 400;
    private static final int NOT_FOUND = 404;
    private static final int REQUEST_HEADER_FIELDS_TOO_LARGE = 431;
    private static final int UNAVAILABLE = 503;

    /** Pools come and go, but not by the second. */
    private static final String RETRY_AFTER_SECONDS = "10";

    private final RouterConfig config;
    private final RouterView router;

    FrontDoor(RouterConfig config, RouterView router) {
        this.config = config;
        this.router = router;
    }

    @Override
    public void enter(HttpEnd user) {
        String path = user.head().path();
        if (path.equals(HEALTH)) {
            health(user);
        } else if (path.startsWith(RESERVED)) {
            refuse(user, NOT_FOUND, "Not found.");
        } else {
            route(user);
        }
    }

    /** Tells load balancers whether to send users here. */
    private void health(HttpEnd user) {
        closeIfLeaving(user);
        user.field("Cache-Control", "no-store");
        if (!Methods.isGet(user)) {
            Methods.refuse(user, Methods.GET);
        } else if (router.isLeaving()) {
            RouterResponse.sendText(user, UNAVAILABLE, "Leaving");
        } else {
            RouterResponse.sendText(user, OK, "OK");
        }
    }

    private void route(HttpEnd user) {
        PoolChoice choice = PoolChoice.of(user.head(), config, router.pools());
        if (choice.isRefused()) {
            if (choice.status() == UNAVAILABLE) {
                user.field("Retry-After", RETRY_AFTER_SECONDS);
            }
            refuse(user, choice.status(), choice.message());
            return;
        }
        try {
            Exchange.begin(choice.pool(), user, router.relay());
        } catch (HeadTooLargeException e) {
            refuse(user, REQUEST_HEADER_FIELDS_TOO_LARGE, "The request's head is too large.");
        } catch (ProtocolException e) {
            refuse(user, BAD_REQUEST, "Bad request: " + e.getMessage());
        }
    }

    private void refuse(HttpEnd user, int status, String message) {
        closeIfLeaving(user);
        RouterResponse.sendText(user, status, message);
        RequestRecord.rejected(user.head(), status, router.relay().listener());
    }

    /** A response that is relayed says so when it begins. */
    private void closeIfLeaving(HttpEnd user) {
        if (router.isLeaving() && user.head().isHttp1()) {
            user.field(FieldNames.CONNECTION, "close");
        }
    }
}
