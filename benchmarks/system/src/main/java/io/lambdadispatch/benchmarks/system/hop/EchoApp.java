package io.lambdadispatch.benchmarks.system.hop;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;

/**
 * An app that sends a body back when it has all of it. Not before: nginx stops sending a request when its answer begins, so an app
 * that streams could not be measured behind all of the peers.
 */
final class EchoApp extends Handler.Abstract.NonBlocking {
    private EchoApp() {}

    /** Arguments: the port. */
    public static void main(String[] args) throws Exception {
        Server server = new Server();
        server.setDynamic(false);
        ServerConnector connector =
                new ServerConnector(server, 0, 1, new HttpConnectionFactory(new HttpConfiguration()));
        connector.setHost("127.0.0.1");
        connector.setPort(Integer.parseInt(args[0]));
        connector.setAcceptQueueSize(1024);
        server.addConnector(connector);
        server.setHandler(new EchoApp());
        server.start();
        server.join();
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Content.Source.asByteBuffer(request, new Promise.Invocable.NonBlocking<ByteBuffer>() {
            @Override
            public void succeeded(ByteBuffer body) {
                response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.remaining());
                response.write(true, body, callback);
            }

            @Override
            public void failed(Throwable failure) {
                callback.failed(failure);
            }
        });
        return true;
    }
}
