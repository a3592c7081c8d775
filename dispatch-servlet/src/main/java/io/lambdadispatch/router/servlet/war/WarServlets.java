package io.lambdadispatch.router.servlet.war;

import io.lambdadispatch.router.assembly.Router;
import io.lambdadispatch.router.servlet.EndFactory;
import io.lambdadispatch.router.servlet.RouterServlet;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpServlet;

/** The servlets of the web application, as its container needs them. */
public final class WarServlets {
    private WarServlets() {}

    /** Adds them. To be called while the context starts. */
    public static void mount(ServletContext context, Router router) {
        EndFactory ends = ContainerSide.isJetty(context) ? JettyServletEnd::new : DispatchingEnd::new;
        add(context, "router", new RouterServlet(router, ends), "/*");
        add(context, "abort", new AbortServlet(), AbortServlet.PATH);
    }

    private static void add(ServletContext context, String name, HttpServlet servlet, String mapping) {
        ServletRegistration.Dynamic registration = context.addServlet(name, servlet);
        registration.setAsyncSupported(true);
        registration.setLoadOnStartup(0);
        registration.addMapping(mapping);
    }
}
