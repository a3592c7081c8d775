package io.lambdadispatch.router.servlet;

import io.lambdadispatch.router.console.PageFile;
import io.lambdadispatch.router.console.Viewers;
import io.lambdadispatch.router.engine.LambdaInstance;
import io.lambdadispatch.router.engine.Pool;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
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

    private final Router router;
    private final Viewers viewers;
    private final ConsoleToken token = new ConsoleToken();

    Console(Router router, Viewers viewers) {
        this.router = router;
        this.viewers = viewers;
    }

    /** False when there is nothing of the kind. */
    boolean get(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("Referrer-Policy", "no-referrer");
        switch (request.getRequestURI()) {
            case EVENTS -> events(request, response);
            case HISTORY -> history(request, response);
            case DRAIN -> {
                response.setHeader("Allow", "POST");
                PlainAnswer.send(response, HttpServletResponse.SC_METHOD_NOT_ALLOWED, "POST only.");
            }
            default -> {
                Optional<PageFile> file = PageFile.at(request.getRequestURI());
                if (file.isPresent()) {
                    send(file.get(), request, response);
                }
                return file.isPresent();
            }
        }
        return true;
    }

    private static void send(PageFile file, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        response.setHeader("Content-Security-Policy", POLICY);
        response.setHeader("Cache-Control", "no-cache");
        response.setHeader("ETag", file.entityTag());
        if (file.entityTag().equals(request.getHeader("If-None-Match"))) {
            response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
        } else {
            LongAnswer.send(request, response, file.contentType(), file.content());
        }
    }

    private void events(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setContentType("text/event-stream;charset=utf-8");
        AsyncContext context = request.startAsync(request, response);
        context.setTimeout(0);
        String greeting = "retry: " + RETRY_MS + '\n' + ServerSentEvent.of("hello", greeting(request))
                + ServerSentEvent.of("state", router.state().strip());
        if (!viewers.admit(context, greeting, router.container()::abort)) {
            response.setHeader("Retry-After", "10");
            PlainAnswer.send(
                    response,
                    HttpServletResponse.SC_SERVICE_UNAVAILABLE,
                    "As many are looking as may, or the router leaves.");
            context.complete();
        }
    }

    private String greeting(HttpServletRequest request) {
        boolean mayDrain = Asker.isOnThisMachine(request) && Asker.namesAnAddress(request);
        return mayDrain ? "{\"mayDrain\":true,\"token\":\"" + token.text() + "\"}" : "{\"mayDrain\":false}";
    }

    private void history(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Optional<String> history = router.history(parameter(request, "pool"));
        if (history.isPresent()) {
            LongAnswer.send(request, response, "application/json", history.get());
        } else {
            PlainAnswer.send(response, HttpServletResponse.SC_NOT_FOUND, "No such pool.");
        }
    }

    /** Sends an instance away, or, when none is named, has all of a pool replaced. */
    void drain(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Optional<String> refusal = refusal(request);
        if (refusal.isPresent()) {
            PlainAnswer.send(response, HttpServletResponse.SC_FORBIDDEN, refusal.get());
            return;
        }
        Optional<Pool> pool = router.pools().find(parameter(request, "pool"));
        String id = parameter(request, "instance");
        if (pool.isEmpty()) {
            PlainAnswer.send(response, HttpServletResponse.SC_NOT_FOUND, "No such pool.");
        } else if (id.isEmpty()) {
            LOG.info(
                    "pool {}: all instances are replaced, asked by {}",
                    pool.get().id(),
                    request.getRemoteAddr());
            pool.get().replaceAll();
            response.setStatus(HttpServletResponse.SC_NO_CONTENT);
        } else {
            drain(pool.get(), id, request, response);
        }
    }

    private static void drain(Pool pool, String id, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        Optional<LambdaInstance> instance = pool.instance(id);
        if (instance.isEmpty()) {
            PlainAnswer.send(response, HttpServletResponse.SC_NOT_FOUND, "No such instance.");
        } else if (pool.dismiss(instance.get())) {
            LOG.info("pool {}: instance {} is sent away, asked by {}", pool.id(), id, request.getRemoteAddr());
            response.setStatus(HttpServletResponse.SC_NO_CONTENT);
        } else {
            PlainAnswer.send(response, HttpServletResponse.SC_CONFLICT, "It has not called back yet.");
        }
    }

    private Optional<String> refusal(HttpServletRequest request) {
        if (!Asker.isOnThisMachine(request) || !Asker.namesAnAddress(request)) {
            return Optional.of("Only from the router's own machine, by its address.");
        }
        if (!Asker.isOfOurPage(request)) {
            return Optional.of("Not from another site.");
        }
        return token.matches(request.getHeader(ConsoleToken.FIELD)) ? Optional.empty() : Optional.of("Wrong token.");
    }

    /** Of the query only, never of a body, for which the container would have to wait; empty when there is none. */
    private static String parameter(HttpServletRequest request, String name) {
        String query = request.getQueryString();
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
