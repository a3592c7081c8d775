package io.lambdadispatch.router.door;

import io.lambdadispatch.router.relay.HttpEnd;
import io.lambdadispatch.router.relay.RouterResponse;

/** Methods of what the router serves itself. */
final class Methods {
    static final String GET = "GET, HEAD";
    static final String POST = "POST";

    private static final int METHOD_NOT_ALLOWED = 405;

    private Methods() {}

    static boolean isGet(HttpEnd end) {
        String method = end.head().method();
        return method.equals("GET") || method.equals("HEAD");
    }

    static void refuse(HttpEnd end, String allowed) {
        end.field("Allow", allowed);
        RouterResponse.sendText(end, METHOD_NOT_ALLOWED, "Method not allowed (expected: " + allowed + ").");
    }
}
