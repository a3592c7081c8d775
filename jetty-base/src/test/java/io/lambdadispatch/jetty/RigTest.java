package io.lambdadispatch.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lambdadispatch.jetty.kit.RawUser;
import io.lambdadispatch.jetty.kit.Rig;
import io.lambdadispatch.jetty.kit.ScriptedChannel;
import org.junit.jupiter.api.RepeatedTest;

class RigTest {
    @RepeatedTest(5)
    void works() throws Exception {
        long t0 = System.nanoTime();
        try (Rig rig = Rig.warm()) {
            long t1 = System.nanoTime();
            RawUser user = rig.user().get("/hello");
            rig.awaitPending(1);
            ScriptedChannel channel = rig.instance().open();
            assertEquals("GET /hello HTTP/1.1", channel.awaitRequest().requestLine());
            channel.ok("hi");
            assertEquals("hi", user.readAnswer().text());
            rig.awaitQuiet();
            System.out.println("start " + (t1 - t0) / 1_000_000 + " rest " + (System.nanoTime() - t1) / 1_000_000);
        }
        System.out.println("all " + (System.nanoTime() - t0) / 1_000_000);
    }
}
