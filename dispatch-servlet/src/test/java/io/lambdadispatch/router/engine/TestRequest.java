package io.lambdadispatch.router.engine;

import java.util.ArrayList;
import java.util.List;

/** A request that remembers what it was told. */
final class TestRequest extends PendingRequest {
    private final String name;
    private final List<TestChannel> channels = new ArrayList<>();
    private final List<Refusal> refusals = new ArrayList<>();

    TestRequest() {
        this("request");
    }

    TestRequest(String name) {
        this.name = name;
    }

    @Override
    protected void assigned(Channel channel) {
        TestChannel given = (TestChannel) channel;
        channels.add(given);
        given.carries(this);
    }

    @Override
    protected void refused(Refusal why) {
        refusals.add(why);
    }

    /** All channels that it was given, the latest last. */
    List<TestChannel> channels() {
        return channels;
    }

    List<Refusal> refusals() {
        return refusals;
    }

    boolean isAssigned() {
        return !channels.isEmpty();
    }

    /** Neither assigned nor refused so far. */
    boolean isWaiting() {
        return channels.isEmpty() && refusals.isEmpty();
    }

    @Override
    public String toString() {
        return name;
    }
}
