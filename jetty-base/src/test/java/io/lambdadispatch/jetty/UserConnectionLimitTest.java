package io.lambdadispatch.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.lambdadispatch.jetty.kit.H2User;
import io.lambdadispatch.jetty.kit.Rig;
import io.lambdadispatch.jetty.kit.ScriptedChannel;
import io.lambdadispatch.testkit.RawUser;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** More users than may be connected: they wait outside, and nobody is turned away who has been let in, or will be. */
class UserConnectionLimitTest {
    private static final int MANY = 50;

    /** As many as come: the queue outside is long, and each who leaves makes room for one of them. */
    @Test
    void eachOfManyOutsideIsServedInTheEnd() throws Exception {
        // One of them is the rig's own.
        try (Rig rig = Rig.warm("MaxUserConnections", "3")) {
            List<RawUser> users = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                users.add(rig.user().get("/" + i));
            }
            for (int left = MANY; left > 0; left--) {
                rig.awaitPending(Math.min(2, left));
                ScriptedChannel channel = rig.instance().open();
                String target = channel.awaitRequest().target();
                channel.ok(target);
                try (RawUser served = users.get(Integer.parseInt(target.substring(1)))) {
                    assertEquals(target, served.readAnswer().text());
                }
            }
        }
    }

    /** Each is one, however many protocols it goes through. */
    @Test
    void connectionsThatChangeTheirProtocolCountOnce() throws Exception {
        try (Rig rig = Rig.warm("MaxUserConnections", "4", "IncomingRequestHTTPSPort", "0")) {
            int tls = rig.router().ports().usersHttps().getAsInt();
            H2User first = rig.h2User();
            first.get("/1");
            H2User second = rig.keep(H2User.tls(tls));
            second.get("/2");
            RawUser third = rig.keep(RawUser.connectTls(tls)).get("/3");
            rig.awaitPending(3);

            RawUser outside = rig.user().get("/health");
            first.get("/4");
            rig.awaitPending(4);
            assertFalse(outside.hasBytes());
            third.close();
            assertEquals(200, outside.readAnswer().status());
        }
    }
}
