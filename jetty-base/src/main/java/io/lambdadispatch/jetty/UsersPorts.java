package io.lambdadispatch.jetty;

import io.lambdadispatch.router.assembly.UserConnections;
import java.util.List;

/** All users' ports as one. */
record UsersPorts(List<UsersConnector> connectors) implements UserConnections {
    UsersPorts {
        connectors = List.copyOf(connectors);
    }

    @Override
    public void stopAccepting() {
        connectors.forEach(UsersConnector::stopAccepting);
    }

    @Override
    public void closeAfterAnswers() {
        connectors.forEach(UsersConnector::closeAfterAnswers);
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
