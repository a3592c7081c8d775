package io.lambdadispatch.router.door;

import io.lambdadispatch.router.relay.RequestHead;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Who asks on operators' port, as far as a request shows it. There are no passwords: what may be trusted is an address, and what a
 * browser says about the page that sent the request.
 */
final class Asker {
    private Asker() {}

    /** Whether the request's {@code Host} is one that no foreign page can have given this router: an address, or localhost. */
    static boolean namesAnAddress(RequestHead request) {
        String host = request.serverName();
        boolean isAddress = host.indexOf(':') >= 0 || host.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
        return isAddress || host.equalsIgnoreCase("localhost");
    }

    /** Whether the connection comes from this machine, whatever the port is bound to. */
    static boolean isOnThisMachine(RequestHead request) {
        return isLoopback(request.remoteAddress()) && isLoopback(request.localAddress());
    }

    private static boolean isLoopback(String address) {
        try {
            // Never a name, so nobody is asked.
            return InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /**
     * Whether a browser says that the request was sent by a page of this very port. Others say nothing: they have to know the token all the
     * same.
     */
    static boolean isOfOurPage(RequestHead request) {
        String site = request.field("Sec-Fetch-Site");
        String origin = request.field("Origin");
        String own = "http://" + request.field("Host");
        return (site == null || site.equals("same-origin")) && (origin == null || origin.equalsIgnoreCase(own));
    }
}
