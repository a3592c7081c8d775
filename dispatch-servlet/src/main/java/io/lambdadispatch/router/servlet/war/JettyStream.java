package io.lambdadispatch.router.servlet.war;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import java.lang.reflect.Method;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What Jetty 12 knows of an HTTP/2 stream and does not always tell: the news that one was reset is dropped when it comes while one
 * of the exchange's callbacks runs. Where it does not find what it looks for, as over HTTP/1.1, the answer is no.
 */
final class JettyStream {
    private static final Logger LOG = LoggerFactory.getLogger(JettyStream.class);

    private JettyStream() {}

    /** Whether the stream of a request that is not yet answered is no longer there. */
    static boolean isGone(ServletRequest request) {
        try {
            if (!request.getProtocol().startsWith("HTTP/2")) {
                return false;
            }
            int id = Integer.parseInt(request.getProtocolRequestId());
            Object metaData = call(call(unwrapped(request), "getRequest"), "getConnectionMetaData");
            Object session = call(call(metaData, "getConnection"), "getSession");
            Method getStream = session.getClass().getMethod("getStream", int.class);
            getStream.setAccessible(true);
            return getStream.invoke(session, id) == null;
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.debug("this container does not show its streams", e);
            return false;
        }
    }

    private static Object unwrapped(ServletRequest request) {
        ServletRequest inner = request;
        while (inner instanceof ServletRequestWrapper wrapper) {
            inner = wrapper.getRequest();
        }
        return inner;
    }

    private static Object call(Object owner, String name) throws ReflectiveOperationException {
        Method method = owner.getClass().getMethod(name);
        // Public, but perhaps of a class that is not.
        method.setAccessible(true);
        return method.invoke(owner);
    }
}
