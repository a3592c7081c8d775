package io.lambdadispatch.jetty;

import io.lambdadispatch.router.servlet.UserConnections;
import java.util.List;
import org.eclipse.jetty.util.component.LifeCycle;

/**
 * All users' ports as one.
 *
 * @param limit of their connections together
 */
record UsersPorts(List<UsersConnector> connectors, UserConnectionLimit limit) implements UserConnections {
    UsersPorts {
        connectors = List.copyOf(connectors);
    }

    @Override
    public void closeAfterAnswers() {
        connectors.forEach(UsersConnector::closeAfterAnswers);
    }

    /** Without the limit, which would turn away those whom a closing port must take in, and open that port again. */
    @Override
    public void stopAccepting() {
        LifeCycle.stop(limit);
        connectors.forEach(UsersConnector::stopAccepting);
    }

    @Override
    public int closeIdle() {
        return connectors.stream().mapToInt(UsersConnector::closeIdle).sum();
    }

    @Override
    public int idle() {
        return connectors.stream().mapToInt(UsersConnector::idle).sum();
    }

    @Override
    public int exchanges() {
        return connectors.stream().mapToInt(UsersConnector::exchanges).sum();
    }
}
