package io.lambdadispatch.benchmarks.watch;

import io.lambdadispatch.router.relay.RequestHead;
import java.net.InetAddress;

/** What the records ask of a request, answered as Jetty answers it. */
final class SampleUser implements RequestHead {
    private static final String AGENT =
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";

    private final InetAddress address = InetAddress.getLoopbackAddress();

    @Override
    public String method() {
        return "GET";
    }

    @Override
    public String path() {
        return "/orders/4711/items";
    }

    @Override
    public String query() {
        return "page=2&sort=name";
    }

    @Override
    public String protocol() {
        return "HTTP/1.1";
    }

    @Override
    public String scheme() {
        return "https";
    }

    @Override
    public String authority() {
        return "shop.example";
    }

    @Override
    public String serverName() {
        return "shop.example";
    }

    /** Jetty makes the text anew for each request. */
    @Override
    public String remoteAddress() {
        return address.getHostAddress();
    }

    @Override
    public String localAddress() {
        return remoteAddress();
    }

    @Override
    public int fieldCount() {
        return 1;
    }

    @Override
    public String fieldName(int i) {
        return "User-Agent";
    }

    @Override
    public String fieldValue(int i) {
        return AGENT;
    }

    @Override
    public String field(String name) {
        return name.equals("User-Agent") ? AGENT : null;
    }

    @Override
    public long bodyLength() {
        return 0;
    }
}
