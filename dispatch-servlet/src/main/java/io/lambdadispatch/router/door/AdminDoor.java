package io.lambdadispatch.router.door;

import io.lambdadispatch.router.relay.HttpEnd;
import io.lambdadispatch.router.relay.RouterResponse;

/** All that there is on operators' port: health, readiness, figures, state, console. Nothing of it is the app's. */
final class AdminDoor implements Door {
    private static final int OK = 200;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int UNAVAILABLE = 503;

    private final boolean isLocal;
    private final RouterView router;
    private final Console console;

    AdminDoor(boolean isLocal, RouterView router, Console console) {
        this.isLocal = isLocal;
        this.router = router;
        this.console = console;
    }

    @Override
    public void enter(HttpEnd operator) {
        if (!mayAsk(operator)) {
            operator.field("Cache-Control", "no-store");
            RouterResponse.sendText(operator, FORBIDDEN, "Host: not by this name.");
        } else if (operator.head().path().equals(Console.DRAIN)) {
            drain(operator);
        } else if (!Methods.isGet(operator)) {
            Methods.refuse(operator, Methods.GET);
        } else if (!console.get(operator)) {
            get(operator);
        }
    }

    private void drain(HttpEnd operator) {
        operator.field("Cache-Control", "no-store");
        if (operator.head().method().equals(Methods.POST)) {
            console.drain(operator);
        } else {
            Methods.refuse(operator, Methods.POST);
        }
    }

    private void get(HttpEnd operator) {
        operator.field("Cache-Control", "no-store");
        switch (operator.head().path()) {
            case "/health" ->
                json(
                        operator,
                        OK,
                        HealthReport.of(router.isLeaving(), router.pools().all()));
            case "/ready" -> {
                Readiness readiness =
                        Readiness.of(router.isLeaving(), router.pools().defaultPool());
                json(operator, readiness.isReady() ? OK : UNAVAILABLE, readiness.toJson());
            }
            case ControlDoor.METRICS ->
                RouterResponse.send(operator, OK, ControlDoor.PROMETHEUS_TEXT, router.figures());
            case "/state" -> json(operator, OK, router.state());
            default -> RouterResponse.sendText(operator, NOT_FOUND, "Not found.");
        }
    }

    private static void json(HttpEnd operator, int status, String text) {
        RouterResponse.send(operator, status, ControlDoor.JSON, text);
    }

    /**
     * A port that only this machine reaches is reached by its browsers too, and a page from anywhere may have given this machine's address
     * another name, to read what is here: only names that no foreign page can have are answered.
     */
    private boolean mayAsk(HttpEnd operator) {
        return !isLocal || Asker.namesAnAddress(operator.head());
    }
}
