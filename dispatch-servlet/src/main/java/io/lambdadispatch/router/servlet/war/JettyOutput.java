package io.lambdadispatch.router.servlet.war;

import jakarta.servlet.ServletOutputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes past the buffer in which Jetty 12 gathers small writes. Jetty gives that buffer away when an exchange ends, although a write of it
 * may be half way to the socket; whoever gets it next fills it, and from there on the connection is unreadable. Other outputs have no such
 * method, or have had it since Servlet 6.1.
 */
final class JettyOutput {
    private static final Logger LOG = LoggerFactory.getLogger(JettyOutput.class);

    private JettyOutput() {}

    /**
     * Begins to send the bytes, without a copy.
     *
     * @return false where the output cannot, and nothing was written
     */
    static boolean write(ServletOutputStream output, ByteBuffer bytes) throws IOException {
        try {
            Method write = ContainerMethods.of(output, "write", ByteBuffer.class);
            Object unused = write.invoke(output, bytes);
            return true;
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.debug("this container's output takes arrays only", e);
            return false;
        }
    }
}
