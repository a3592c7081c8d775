package io.lambdadispatch.router.assembly;

import io.lambdadispatch.router.relay.RequestListener;
import io.lambdadispatch.router.relay.RequestRecord;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Several who want to know what became of requests. One that throws hurts neither the others nor the request's thread. */
final class RequestListeners implements RequestListener {
    private static final Logger LOG = LoggerFactory.getLogger(RequestListeners.class);

    private final List<RequestListener> listeners;
    private final boolean wantsUser;

    RequestListeners(List<RequestListener> listeners) {
        this.listeners = List.copyOf(listeners);
        this.wantsUser = listeners.stream().anyMatch(RequestListener::wantsUser);
    }

    @Override
    public boolean wantsUser() {
        return wantsUser;
    }

    @Override
    public void ended(RequestRecord record) {
        for (RequestListener listener : listeners) {
            try {
                listener.ended(record);
            } catch (RuntimeException e) {
                LOG.error("{} failed unexpectedly", listener.getClass().getSimpleName(), e);
            }
        }
    }
}
