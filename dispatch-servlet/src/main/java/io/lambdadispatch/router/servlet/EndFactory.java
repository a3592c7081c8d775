package io.lambdadispatch.router.servlet;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Makes the ends of a container's exchanges. */
@FunctionalInterface
public interface EndFactory {
    /** Begins asynchronous processing; to be called on the thread that serves the request. */
    ServletEnd begin(HttpServletRequest request, HttpServletResponse response) throws IOException;
}
