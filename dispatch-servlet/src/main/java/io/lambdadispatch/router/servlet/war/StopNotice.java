package io.lambdadispatch.router.servlet.war;

import jakarta.servlet.ServletContext;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.EventListener;
import java.util.List;
import javax.management.JMException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears that the container is going to stop, before it begins: while users and instances still reach the web application. The
 * Servlet API tells only when neither do any more, and Tomcat has cut off what ran.
 *
 * <p>Containers have listeners for that, whose types a web application must not depend on, and under Jetty cannot even see. So
 * they are reached by reflection; where that fails, the router has the Servlet API's notice and nothing else.
 */
public final class StopNotice implements InvocationHandler {
    private static final Logger LOG = LoggerFactory.getLogger(StopNotice.class);

    private static final String TOMCAT_LISTENER = "org.apache.catalina.LifecycleListener";
    private static final String TOMCAT_UNMAPPER = "org.apache.catalina.mapper.MapperListener";
    private static final String JETTY_LISTENER = "org.eclipse.jetty.util.component.LifeCycle$Listener";

    private final Runnable whenStopping;
    private final List<Runnable> cancellations = new ArrayList<>();

    private StopNotice(Runnable whenStopping) {
        this.whenStopping = whenStopping;
    }

    /**
     * Listens from now on.
     *
     * @param whenStopping is called on the thread that stops the container or the web application, which goes on when it returns;
     *     may be called more than once
     */
    public static StopNotice listen(ServletContext context, Runnable whenStopping) {
        StopNotice notice = new StopNotice(whenStopping);
        try {
            if (ContainerSide.isJetty(context)) {
                notice.listenInJetty(context);
            } else if (ContainerSide.isTomcat(context)) {
                notice.listenInTomcat(context);
            }
        } catch (ReflectiveOperationException | JMException | RuntimeException e) {
            LOG.info("{} will not tell early that it stops: {}", context.getServerInfo(), e.toString());
        }
        return notice;
    }

    /** A context of Jetty's is closed to requests before it tells anybody, so only a stop of the whole server can be heard in time. */
    private void listenInJetty(ServletContext context) throws ReflectiveOperationException {
        Object server = ContainerSide.jettyServer(context);
        Class<?> type = server.getClass().getClassLoader().loadClass(JETTY_LISTENER);
        Object listener = proxy(type);
        call(server, "addEventListener", EventListener.class, listener);
        cancellations.add(() -> cancel(server, "removeEventListener", EventListener.class, listener));
    }

    /** A stop of the server pauses the connectors before it comes to the context; an undeployment begins there. */
    private void listenInTomcat(ServletContext servletContext) throws ReflectiveOperationException, JMException {
        Object context = ContainerSide.tomcatContext(servletContext);
        Object server = call(ContainerSide.tomcatService(context), "getServer");
        Class<?> type = context.getClass().getClassLoader().loadClass(TOMCAT_LISTENER);
        Object listener = proxy(type);
        List<Object> unmappers = new ArrayList<>();
        for (Object other : (Object[]) call(context, "findLifecycleListeners")) {
            if (other.getClass().getName().equals(TOMCAT_UNMAPPER)) {
                unmappers.add(other);
            }
        }
        // It hides the context from requests when the context stops: after us.
        for (Object unmapper : unmappers) {
            call(context, "removeLifecycleListener", type, unmapper);
        }
        try {
            call(context, "addLifecycleListener", type, listener);
        } finally {
            for (Object unmapper : unmappers) {
                call(context, "addLifecycleListener", type, unmapper);
            }
        }
        call(server, "addLifecycleListener", type, listener);
        cancellations.add(() -> cancel(context, "removeLifecycleListener", type, listener));
        cancellations.add(() -> cancel(server, "removeLifecycleListener", type, listener));
    }

    private Object proxy(Class<?> type) {
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, this);
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws ReflectiveOperationException {
        switch (method.getName()) {
            case "lifeCycleStopping" -> whenStopping.run();
            case "lifecycleEvent" -> {
                if ("before_stop".equals(call(arguments[0], "getType"))) {
                    whenStopping.run();
                }
            }
            case "equals" -> {
                return proxy == arguments[0];
            }
            case "hashCode" -> {
                return System.identityHashCode(proxy);
            }
            case "toString" -> {
                return "lambda-dispatch";
            }
            default -> {
                // Other events of the same listener.
            }
        }
        return null;
    }

    /** Stops listening; without that, a container that goes on would keep the web application in memory. */
    public void cancel() {
        cancellations.forEach(Runnable::run);
        cancellations.clear();
    }

    private static void cancel(Object source, String method, Class<?> type, Object listener) {
        try {
            call(source, method, type, listener);
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.info("{} of {}: {}", method, source, e.toString());
        }
    }

    private static Object call(Object target, String method) throws ReflectiveOperationException {
        return target.getClass().getMethod(method).invoke(target);
    }

    private static void call(Object target, String method, Class<?> type, Object argument)
            throws ReflectiveOperationException {
        Object unused = target.getClass().getMethod(method, type).invoke(target, argument);
    }
}
