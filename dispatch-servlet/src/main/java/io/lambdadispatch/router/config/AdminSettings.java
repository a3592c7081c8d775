package io.lambdadispatch.router.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.OptionalInt;

/**
 * Where operators enter.
 *
 * @param port empty when there is none, 0 for any free one
 * @param bindAddress host name or IP address, IPv6 without brackets
 */
public record AdminSettings(OptionalInt port, String bindAddress) {
    /** Whether only this machine reaches it. May ask the name service. */
    public boolean isLocal() {
        try {
            return InetAddress.getByName(bindAddress).isLoopbackAddress();
        } catch (UnknownHostException e) {
            // Then it cannot be listened on either.
            return false;
        }
    }
}
