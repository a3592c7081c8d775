package io.lambdadispatch.jetty.kit;

import io.lambdadispatch.router.config.RouterConfig;
import io.lambdadispatch.router.engine.Pools;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.buf.EncodedSolidusHandling;
import org.apache.tomcat.util.modeler.Registry;
import org.eclipse.jetty.util.IO;

/** The router's servlets in an embedded Tomcat that is set up as the documentation says. */
final class TomcatHost implements RouterHost {
    /** What a Tomcat adds to a head that has reached its limit. */
    private static final int OWN_FIELDS_BYTES = 1024;

    static {
        // All of this JVM's Tomcats would register under one name, and one that stops take away what the next has just
        // put there.
        Registry.disableRegistry();
    }

    private final Path base;
    private final Tomcat tomcat = new Tomcat();
    private final Connector users;
    private final WarRouter router;
    private volatile org.apache.coyote.Request newest;

    TomcatHost(RouterConfig config) throws Exception {
        base = Files.createTempDirectory(Path.of("target"), "tomcat");
        tomcat.setBaseDir(base.toString());
        users = add(connector(config));
        Connector instances = add(connector(config));
        // Binds the ports, so that they are known before the router is put together; nothing is accepted before the
        // start.
        tomcat.init();
        router = new WarRouter(config, instances.getLocalPort());
        Context context = tomcat.addContext("", null);
        context.addServletContainerInitializer((classes, servletContext) -> router.mount(servletContext), Set.of());
        context.getPipeline().addValve(new ValveBase(true) {
            @Override
            public void invoke(Request request, Response response) throws IOException, ServletException {
                newest = request.getCoyoteRequest();
                getNext().invoke(request, response);
            }
        });
        tomcat.start();
    }

    private Connector add(Connector connector) {
        tomcat.getService().addConnector(connector);
        return connector;
    }

    private static Connector connector(RouterConfig config) {
        Connector connector = new Connector("HTTP/1.1");
        connector.setPort(0);
        connector.setEncodedSolidusHandling(EncodedSolidusHandling.PASS_THROUGH.getValue());
        AbstractHttp11Protocol<?> http1 = (AbstractHttp11Protocol<?>) connector.getProtocolHandler();
        // Asynchronous reading confuses the frames of a connection that is in a hurry, now and then.
        connector.setProperty("useAsyncIO", "false");
        http1.setProcessorCache(0);
        http1.setAddress(InetAddress.getLoopbackAddress());
        http1.setMaxHttpHeaderSize(config.requests().maxHeadBytes() + OWN_FIELDS_BYTES);
        Http2Protocol http2 = new Http2Protocol();
        http2.setStreamReadTimeout(-1);
        http2.setStreamWriteTimeout(-1);
        http2.setMaxConcurrentStreams(1_100);
        http2.setMaxConcurrentStreamExecution(200);
        http2.setOverheadCountFactor(0);
        http2.setOverheadContinuationThreshold(0);
        http2.setOverheadDataThreshold(0);
        http2.setOverheadWindowUpdateThreshold(0);
        http2.setOverheadResetFactor(0);
        // Threads that are still busy with a stream that was reset must not fill the buffers of the next.
        http2.setDiscardRequestsAndResponses(true);
        connector.addUpgradeProtocol(http2);
        return connector;
    }

    @Override
    public int usersPort() {
        return users.getLocalPort();
    }

    @Override
    public Pools pools() {
        return router.router().pools();
    }

    @Override
    public void forgetWhoReads() throws ReflectiveOperationException {
        Object input = get(get(get(newest, "hook"), "stream"), "inputBuffer");
        field(input, "readInterest").setBoolean(input, false);
    }

    private static Object get(Object owner, String name) throws ReflectiveOperationException {
        return field(owner, name).get(owner);
    }

    private static Field field(Object owner, String name) throws ReflectiveOperationException {
        Field field = owner.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }

    @Override
    public void stop() throws LifecycleException {
        tomcat.stop();
        tomcat.destroy();
        router.close();
        IO.delete(base);
    }
}
