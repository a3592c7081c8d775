package io.lambdadispatch.benchmarks.system.hop;

import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.proxy.ProxyHandler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** Jetty's own reverse proxy, as its documentation sets it up. */
final class JettyProxy {
    /** More than the users of any workload, so that none of them waits for a connection to the app. */
    private static final int CONNECTIONS = 256;

    private JettyProxy() {}

    /** Arguments: its port, the app's port. */
    public static void main(String[] args) throws Exception {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server, new HttpConnectionFactory(new HttpConfiguration()));
        connector.setHost("127.0.0.1");
        connector.setPort(Integer.parseInt(args[0]));
        connector.setAcceptQueueSize(1024);
        server.addConnector(connector);
        String app = "127.0.0.1:" + Integer.parseInt(args[1]);
        server.setHandler(
                new ProxyHandler.Reverse(request -> HttpURI.build(request.getHttpURI())
                        .scheme("http")
                        .authority(app)
                        .asImmutable()) {
                    @Override
                    protected HttpClient newHttpClient() {
                        HttpClient client = super.newHttpClient();
                        client.setMaxConnectionsPerDestination(CONNECTIONS);
                        return client;
                    }
                });
        server.start();
        server.join();
    }
}
