package io.lambdadispatch.router.door;

import io.lambdadispatch.router.config.RouterConfig;
import io.lambdadispatch.router.console.Viewers;
import io.lambdadispatch.router.relay.HttpEnd;
import java.util.OptionalInt;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place that decides which port serves what: instances come in by the control ports, operators by theirs, and everybody else is a
 * user. What is behind one door cannot be reached through another. Thread-safe.
 */
public final class Doors {
    private static final Logger LOG = LoggerFactory.getLogger(Doors.class);

    private final Set<Integer> controlPorts;
    private final OptionalInt adminPort;
    private final Door front;
    private final Door control;
    private final Door admin;

    /**
     * @param controlPorts local ports on which instances call back
     * @param adminPort local port on which operators enter, if any
     */
    public Doors(
            RouterConfig config, RouterView router, Viewers viewers, Set<Integer> controlPorts, OptionalInt adminPort) {
        this.controlPorts = Set.copyOf(controlPorts);
        this.adminPort = adminPort;
        this.front = new FrontDoor(config, router);
        this.control = new ControlDoor(config, router);
        this.admin = new AdminDoor(config.admin().isLocal(), router, new Console(router, viewers));
    }

    /** Lets an exchange in that has come to that local port. Does not block. */
    public void enter(int localPort, HttpEnd end) {
        try {
            of(localPort).enter(end);
        } catch (RuntimeException | Error e) {
            LOG.error(
                    "{} {} failed unexpectedly", end.head().method(), end.head().path(), e);
            end.abort(e);
        }
    }

    private Door of(int localPort) {
        if (controlPorts.contains(localPort)) {
            return control;
        }
        return adminPort.isPresent() && adminPort.getAsInt() == localPort ? admin : front;
    }
}
