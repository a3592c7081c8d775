package io.lambdadispatch.router.servlet;

import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Who asks on operators' port, as far as a request shows it. There are no passwords: what may be trusted is an address, and what a
 * browser says about the page that sent the request.
 */
final class Asker {
    private Asker() {}

    /** Whether the request's {@code Host} is one that no foreign page can have given this router: an address, or localhost. */
    static boolean namesAnAddress(HttpServletRequest request) {
        String host = request.getServerName();
        boolean isAddress = host.indexOf(':') >= 0 || host.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
        return isAddress || host.equalsIgnoreCase("localhost");
    }

    /** Whether the connection comes from this machine, whatever the port is bound to. */
    static boolean isOnThisMachine(HttpServletRequest request) {
        return isLoopback(request.getRemoteAddr()) && isLoopback(request.getLocalAddr());
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
     * Whether a browser says that the request was sent by a page of this very port. Who is no browser says nothing: he has to know
     * the token all the same.
     */
    static boolean isOfOurPage(HttpServletRequest request) {
        String site = request.getHeader("Sec-Fetch-Site");
        String origin = request.getHeader("Origin");
        String own = "http://" + request.getHeader("Host");
        return (site == null || site.equals("same-origin")) && (origin == null || origin.equalsIgnoreCase(own));
    }
}
