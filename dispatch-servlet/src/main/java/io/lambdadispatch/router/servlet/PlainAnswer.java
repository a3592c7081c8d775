package io.lambdadispatch.router.servlet;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A short answer of the router itself. */
final class PlainAnswer {
    private PlainAnswer() {}

    /** Without a length, so that the text waits in the container's buffer until the request is completed: nothing blocks. */
    static void send(HttpServletResponse response, int status, String text) throws IOException {
        response.setStatus(status);
        response.setContentType("text/plain;charset=utf-8");
        response.getOutputStream().write((text + '\n').getBytes(StandardCharsets.UTF_8));
    }
}
