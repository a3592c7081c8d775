package io.lambdadispatch.benchmarks.watch;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.lang.reflect.Proxy;
import java.net.InetAddress;

/** What the records ask of a request, answered as Jetty answers it. */
final class SampleUser extends HttpServletRequestWrapper {
    private static final String AGENT =
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";

    private final InetAddress address = InetAddress.getLoopbackAddress();

    SampleUser() {
        super((HttpServletRequest) Proxy.newProxyInstance(
                SampleUser.class.getClassLoader(),
                new Class<?>[] {HttpServletRequest.class},
                (proxy, method, arguments) -> {
                    throw new UnsupportedOperationException(method.getName());
                }));
    }

    @Override
    public String getMethod() {
        return "GET";
    }

    @Override
    public String getRequestURI() {
        return "/orders/4711/items";
    }

    @Override
    public String getQueryString() {
        return "page=2&sort=name";
    }

    @Override
    public String getProtocol() {
        return "HTTP/1.1";
    }

    /** Jetty makes the text anew for each request. */
    @Override
    public String getRemoteAddr() {
        return address.getHostAddress();
    }

    @Override
    public String getHeader(String name) {
        return name.equals("User-Agent") ? AGENT : null;
    }
}
