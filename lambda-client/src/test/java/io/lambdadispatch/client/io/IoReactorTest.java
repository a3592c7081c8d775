package io.lambdadispatch.client.io;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hc.core5.reactor.IOEventHandler;
import org.apache.hc.core5.reactor.ProtocolIOSession;
import org.apache.hc.core5.util.Timeout;
import org.junit.jupiter.api.Test;

class IoReactorTest {
    private final CountDownLatch died = new CountDownLatch(1);

    private static final class Broken implements IoReactor.Connector {
        @Override
        public IOEventHandler handlerOf(ProtocolIOSession session) {
            throw new StackOverflowError("by the test");
        }

        @Override
        public void connectFailed(Exception cause) {}
    }

    @Test
    void anErrorThatEndsItsThreadIsTold() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                IoReactor reactor = new IoReactor(died::countDown)) {
            reactor.connect((InetSocketAddress) server.getLocalSocketAddress(), Timeout.ofSeconds(5), new Broken());
            assertTrue(died.await(20, TimeUnit.SECONDS));
        }
    }

    @Test
    void itsOwnEndIsNot() throws Exception {
        IoReactor reactor = new IoReactor(died::countDown);
        reactor.close();
        assertFalse(died.await(500, TimeUnit.MILLISECONDS));
    }
}
