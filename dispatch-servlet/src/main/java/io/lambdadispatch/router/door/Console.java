package io.lambdadispatch.router.door;

import io.lambdadispatch.router.console.PageFile;
import io.lambdadispatch.router.console.Viewers;
import io.lambdadispatch.router.engine.LambdaInstance;
import io.lambdadispatch.router.engine.Pool;
import io.lambdadispatch.router.relay.HttpEnd;
import io.lambdadispatch.router.relay.RequestHead;
import io.lambdadispatch.router.relay.RouterResponse;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The console's part of operators' port: its files, its events, and the one thing that can be done there. Thread-safe. */
final class Console {
    static final String DRAIN = "/console/drain";

    private static final Logger LOG = LoggerFactory.getLogger("lambda-dispatch");
    private static final String EVENTS = "/console/events";
    private static final String HISTORY = "/console/history";

    /** The page is what lies here, and asks nobody else. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final int RETRY_MS = 2_000;

    private static final int OK = 200;
    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int UNAVAILABLE = 503;

    private final RouterView router;
    private final Viewers viewers;
    private final ConsoleToken token = new ConsoleToken();

    Console(RouterView router, Viewers viewers) {
        this.router = router;
        this.viewers = viewers;
    }

    /** False when there is nothing of the kind. */
    boolean get(HttpEnd operator) {
        String path = operator.head().path();
        Optional<PageFile> file = PageFile.at(path);
        boolean isEvents = path.equals(EVENTS);
        if (file.isEmpty() && !isEvents && !path.equals(HISTORY)) {
            return false;
        }
        operator.field("X-Content-Type-Options", "nosniff");
        operator.field("Referrer-Policy", "no-referrer");
        if (file.isPresent()) {
            send(file.get(), operator);
            return true;
        }
        operator.field("Cache-Control", "no-store");
        if (isEvents) {
            events(operator);
        } else {
            history(operator);
        }
        return true;
    }

    private static void send(PageFile file, HttpEnd operator) {
        operator.field("Content-Security-Policy", POLICY);
        operator.field("Cache-Control", "no-cache");
        operator.field("ETag", file.entityTag());
        if (file.entityTag().equals(operator.head().field("If-None-Match"))) {
            RouterResponse.send(operator, NOT_MODIFIED);
        } else {
            RouterResponse.send(operator, OK, file.contentType(), file.content());
        }
    }

    private void events(HttpEnd operator) {
        String greeting = "retry: " + RETRY_MS + '\n' + ServerSentEvent.of("hello", greeting(operator.head()))
                + ServerSentEvent.of("state", router.state().strip());
        if (!viewers.admit(operator, greeting)) {
            operator.field("Retry-After", "10");
            RouterResponse.sendText(operator, UNAVAILABLE, "As many are looking as may, or the router leaves.");
        }
    }

    private String greeting(RequestHead request) {
        boolean mayDrain = Asker.isOnThisMachine(request) && Asker.namesAnAddress(request);
        return mayDrain ? "{\"mayDrain\":true,\"token\":\"" + token.text() + "\"}" : "{\"mayDrain\":false}";
    }

    private void history(HttpEnd operator) {
        Optional<String> history = router.history(parameter(operator.head(), "pool"));
        if (history.isPresent()) {
            RouterResponse.send(operator, OK, ControlDoor.JSON, history.get());
        } else {
            RouterResponse.sendText(operator, NOT_FOUND, "No such pool.");
        }
    }

    /** Sends an instance away, or, when none is named, has all of a pool replaced. */
    void drain(HttpEnd operator) {
        RequestHead request = operator.head();
        Optional<String> refusal = refusal(request);
        if (refusal.isPresent()) {
            RouterResponse.sendText(operator, FORBIDDEN, refusal.get());
            return;
        }
        Optional<Pool> pool = router.pools().find(parameter(request, "pool"));
        String id = parameter(request, "instance");
        if (pool.isEmpty()) {
            RouterResponse.sendText(operator, NOT_FOUND, "No such pool.");
        } else if (id.isEmpty()) {
            LOG.info(
                    "pool {}: all instances are replaced, asked by {}",
                    pool.get().id(),
                    request.remoteAddress());
            pool.get().replaceAll();
            RouterResponse.send(operator, NO_CONTENT);
        } else {
            drain(pool.get(), id, operator);
        }
    }

    private static void drain(Pool pool, String id, HttpEnd operator) {
        Optional<LambdaInstance> instance = pool.instance(id);
        if (instance.isEmpty()) {
            RouterResponse.sendText(operator, NOT_FOUND, "No such instance.");
        } else if (pool.dismiss(instance.get())) {
            String asker = operator.head().remoteAddress();
            LOG.info("pool {}: instance {} is sent away, asked by {}", pool.id(), id, asker);
            RouterResponse.send(operator, NO_CONTENT);
        } else {
            RouterResponse.sendText(operator, CONFLICT, "It has not called back yet.");
        }
    }

    private Optional<String> refusal(RequestHead request) {
        if (!Asker.isOnThisMachine(request) || !Asker.namesAnAddress(request)) {
            return Optional.of("Only from the router's own machine, by its address.");
        }
        if (!Asker.isOfOurPage(request)) {
            return Optional.of("Not from another site.");
        }
        return token.matches(request.field(ConsoleToken.FIELD)) ? Optional.empty() : Optional.of("Wrong token.");
    }

    /** Of the query only; empty when there is none. */
    private static String parameter(RequestHead request, String name) {
        String query = request.query();
        for (String pair : query == null ? new String[0] : query.split("&", -1)) {
            if (pair.startsWith(name + '=')) {
                try {
                    return URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8);
                } catch (IllegalArgumentException e) {
                    return "";
                }
            }
        }
        return "";
    }
}
