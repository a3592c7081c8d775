package io.lambdadispatch.router.servlet.war;

import jakarta.servlet.ServletContext;
import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * The container's own objects behind a servlet context. Their types are not the web application's to depend on, and under Jetty
 * not even visible to it: callers go on by reflection.
 */
public final class ContainerSide {
    private ContainerSide() {}

    public static boolean isJetty(ServletContext context) {
        return context.getServerInfo().startsWith("jetty/");
    }

    public static boolean isTomcat(ServletContext context) {
        return context.getServerInfo().startsWith("Apache Tomcat/");
    }

    /** Jetty's {@code Server}. */
    public static Object jettyServer(ServletContext context) throws ReflectiveOperationException {
        return call(call(context, "getContextHandler"), "getServer");
    }

    /** Tomcat's {@code Context}, as its JMX beans have it. */
    public static Object tomcatContext(ServletContext servletContext) throws ReflectiveOperationException, JMException {
        String server = servletContext.getVirtualServerName();
        String host = server.substring(server.lastIndexOf('/') + 1);
        String path = servletContext.getContextPath().isEmpty() ? "/" : servletContext.getContextPath();
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        for (ObjectName name : beans.queryNames(new ObjectName("*:j2eeType=WebModule,*"), null)) {
            if (name.getKeyProperty("name").startsWith("//" + host + path)) {
                Object context = beans.getAttribute(name, "managedResource");
                if (call(context, "getServletContext") == servletContext) {
                    return context;
                }
            }
        }
        throw new IllegalStateException("no WebModule //" + host + path + " among the JMX beans");
    }

    /** Tomcat's {@code Service}, which has the connectors. */
    public static Object tomcatService(Object context) throws ReflectiveOperationException {
        Object engine = call(call(context, "getParent"), "getParent");
        return call(engine, "getService");
    }

    private static Object call(Object target, String method) throws ReflectiveOperationException {
        return target.getClass().getMethod(method).invoke(target);
    }
}
