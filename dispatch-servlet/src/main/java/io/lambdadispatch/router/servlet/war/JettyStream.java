package io.lambdadispatch.router.servlet.war;

import static io.lambdadispatch.router.servlet.war.ContainerMethods.call;

import jakarta.servlet.ServletRequest;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What Jetty 12 knows of an HTTP/2 stream and its connection, and does not always tell: the news that a stream was reset is dropped when it
 * comes while one of the exchange's callbacks runs; and a lost connection looks like a reset of each of its streams, one after the other.
 * Where it does not find what it looks for, the answer is no.
 */
final class JettyStream {
    private static final Logger LOG = LoggerFactory.getLogger(JettyStream.class);

    private static final Set<String> LOST = Set.of("CLOSING", "CLOSED");

    private JettyStream() {}

    /** Whether the stream of a request that is not yet answered is no longer there. */
    static boolean isGone(ServletRequest request) {
        try {
            if (!isHttp2(request)) {
                return false;
            }
            Object session = call(connection(request), "getSession");
            int id = Integer.parseInt(request.getProtocolRequestId());
            return ContainerMethods.of(session, "getStream", int.class).invoke(session, id) == null;
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.debug("this container does not show its streams", e);
            return false;
        }
    }

    /** Whether the connection that carries the request is lost. A peer that says that it will open no more streams has not left yet. */
    static boolean isConnectionLost(ServletRequest request) {
        try {
            Object connection = connection(request);
            if (isHttp2(request)) {
                Object state = call(call(connection, "getSession"), "getCloseState");
                return LOST.contains(state.toString());
            }
            return Boolean.FALSE.equals(call(call(connection, "getEndPoint"), "isOpen"));
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.debug("this container does not show its connections", e);
            return false;
        }
    }

    private static boolean isHttp2(ServletRequest request) {
        return request.getProtocol().startsWith("HTTP/2");
    }

    private static Object connection(ServletRequest request) throws ReflectiveOperationException {
        Object core = call(ContainerMethods.unwrapped(request), "getRequest");
        return call(call(core, "getConnectionMetaData"), "getConnection");
    }
}
