package io.lambdadispatch.jetty.kit;

import io.lambdadispatch.jetty.RouterServer;
import io.lambdadispatch.router.config.ConfigSources;
import io.lambdadispatch.router.config.RouterConfig;
import io.lambdadispatch.router.engine.Observation;
import io.lambdadispatch.testkit.Await;
import io.lambdadispatch.testkit.RawUser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * A router on free ports between a {@link FakeLambda} and the test's users. A <em>warm</em> rig has one instance, held
 * by a request of the rig's own that runs from the beginning to the end, because a router without work lets its instances go.
 */
public final class Rig implements AutoCloseable {
    private final FakeLambda lambda;
    private final RouterHost host;
    private final List<AutoCloseable> guests = new ArrayList<>();
    private ScriptedInstance instance;
    private ScriptedChannel ownChannel;
    private int ownRequests;

    private Rig(Map<String, String> settings) throws Exception {
        this.lambda = new FakeLambda();
        Map<String, String> environment = new HashMap<>(Map.of(
                "AWS_LAMBDA_SERVICE_URL", lambda.url(),
                "LAMBDA_DISPATCH_FunctionName", "f",
                "LAMBDA_DISPATCH_BindAddress", "127.0.0.1",
                "LAMBDA_DISPATCH_RouterCallbackHost", "127.0.0.1",
                "LAMBDA_DISPATCH_AllowInsecureControlChannel", "true",
                "LAMBDA_DISPATCH_PreferredControlChannelScheme", "http",
                "LAMBDA_DISPATCH_IncomingRequestHTTPPort", "0",
                "LAMBDA_DISPATCH_IncomingRequestHTTPSPort", "off",
                "LAMBDA_DISPATCH_ControlChannelInsecureHTTP2Port", "0",
                "LAMBDA_DISPATCH_ControlChannelHTTP2Port", "off"));
        // Scripted instances ping only when the test says so.
        environment.put("LAMBDA_DISPATCH_ChannelKeepAlive", "0s");
        // Nor does an instance leave because a busy machine has let its users wait.
        environment.put("LAMBDA_DISPATCH_ScaleDownDelay", "1h");
        settings.forEach((name, value) -> environment.put("LAMBDA_DISPATCH_" + name, value));
        this.host = RouterHost.start(RouterConfig.from(ConfigSources.of(environment, new Properties(), name -> null)));
    }

    /**
     * Starts a router without an instance.
     *
     * @param settings name, value, name, value, …
     */
    public static Rig cold(String... settings) throws Exception {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            map.put(settings[i], settings[i + 1]);
        }
        return new Rig(map);
    }

    /**
     * Starts a router with an instance that has no channel open but the one in use by the rig.
     *
     * @param settings name, value, name, value, …
     */
    public static Rig warm(String... settings) throws Exception {
        Rig rig = cold(settings);
        try {
            rig.user().get("/held-by-the-rig");
            rig.instance = rig.nextInstance();
            rig.ownChannel = rig.instance.open();
            rig.ownChannel.awaitRequest();
            rig.ownRequests = 1;
            return rig;
        } catch (Exception | AssertionError e) {
            rig.close();
            throw e;
        }
    }

    /** The instance of a warm rig. */
    public ScriptedInstance instance() {
        return instance;
    }

    /** Waits for the next invoke and calls back. */
    public ScriptedInstance nextInstance() throws InterruptedException {
        return keep(ScriptedInstance.of(lambda.nextInvoke()));
    }

    /** Lets go of the instance. */
    public void finishOwnRequest() {
        ownChannel.ok("held no longer");
        ownRequests = 0;
    }

    /** The Lambda service. */
    public FakeLambda lambda() {
        return lambda;
    }

    /** Has the container forget that the router waits for more of the newest request's body, if it is one that does so. */
    public void forgetWhoReads() throws Exception {
        host.forgetWhoReads();
    }

    /** The standalone router; of no use in tests that run in other hosts too. */
    public RouterServer router() {
        return ((StandaloneHost) host).server();
    }

    /** A user on a new HTTP/1.1 connection. */
    public RawUser user() throws IOException {
        return keep(RawUser.connect(usersPort()));
    }

    /** A user on a new h2c connection. */
    public H2User h2User() {
        return keep(H2User.h2c(usersPort()));
    }

    /** Closes it at the end. */
    public <T extends AutoCloseable> T keep(T guest) {
        guests.add(guest);
        return guest;
    }

    /** Where users enter without TLS. */
    public int usersPort() {
        return host.usersPort();
    }

    private Observation books() {
        return host.pools().defaultPool().snapshot();
    }

    /** Requests that wait. */
    public int pending() {
        return books().pending();
    }

    /** Requests that run, without the rig's own. */
    public int running() {
        return books().running() - ownRequests;
    }

    /** Channels that are parked. */
    public int idleChannels() {
        return books().idleChannels();
    }

    /** Waits until that many requests wait. */
    public void awaitPending(int count) {
        Await.until(() -> count + " requests wait; " + books(), () -> pending() == count);
    }

    /** Waits until that many requests run. */
    public void awaitRunning(int count) {
        Await.until(() -> count + " requests run; " + books(), () -> running() == count);
    }

    /** Waits until that many channels are parked. */
    public void awaitIdleChannels(int count) {
        Await.until(() -> count + " channels are parked; " + books(), () -> idleChannels() == count);
    }

    /** Waits until that many instances take requests. */
    public void awaitOpenInstances(int count) {
        Await.until(() -> count + " instances are open; " + books(), () -> books().open() == count);
    }

    /** Waits until the user's request runs in a parked channel, or he is answered. */
    public void awaitServedOrRefused(RawUser user) {
        Await.until("he is served or refused", () -> {
            try {
                return running() == 1 || user.hasBytes();
            } catch (IOException e) {
                return true;
            }
        });
    }

    /** Waits until nothing waits or runs. */
    public void awaitQuiet() {
        awaitPending(0);
        awaitRunning(0);
    }

    @Override
    public void close() throws Exception {
        for (AutoCloseable guest : guests) {
            guest.close();
        }
        // The AWS SDK takes two seconds to close; no test needs to wait for that.
        var unused = KitThreads.start(() -> {
            host.stop();
            lambda.close();
            return null;
        });
    }
}
