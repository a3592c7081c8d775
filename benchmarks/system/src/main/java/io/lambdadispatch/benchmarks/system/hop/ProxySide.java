package io.lambdadispatch.benchmarks.system.hop;

import io.lambdadispatch.benchmarks.system.Processes;
import io.lambdadispatch.benchmarks.system.Service;
import java.io.IOException;
import java.util.List;

/** One proxy, or several in a row. */
record ProxySide(SideKind kind, String name, int port, List<Service> services) implements Side {
    /** Copies the list. */
    ProxySide {
        services = List.copyOf(services);
    }

    @Override
    public List<Processes> hops() {
        return services.stream().map(Service::processes).toList();
    }

    @Override
    public void requireAlive() throws IOException {
        for (Service service : services) {
            service.requireAlive();
        }
    }

    @Override
    public void close() {
        services.forEach(Service::close);
    }
}
