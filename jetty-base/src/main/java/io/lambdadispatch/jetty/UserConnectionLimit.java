package io.lambdadispatch.jetty;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.OptionalInt;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.NetworkConnectionLimit;

/**
 * How many connections users may have to all of their ports together. Beyond it nobody is accepted, until one closes: each costs
 * a file, and the instances that serve them need some too.
 */
final class UserConnectionLimit extends NetworkConnectionLimit {
    private static final int QUARTERS_FOR_USERS = 3;

    /**
     * @param limit empty: what the files that this process may open suggest
     */
    UserConnectionLimit(OptionalInt limit, Connector... usersPorts) {
        super(limit.orElseGet(UserConnectionLimit::suggested), usersPorts);
    }

    private static int suggested() {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
            long files = unix.getMaxFileDescriptorCount();
            if (files > 0) {
                return (int) Math.min(files / 4 * QUARTERS_FOR_USERS, Integer.MAX_VALUE);
            }
        }
        return Integer.MAX_VALUE;
    }
}
