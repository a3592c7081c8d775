package io.lambdadispatch.router.engine;

import java.util.ArrayList;
import java.util.List;

/** Channels of one instance, linked through themselves: adding and removing any of them costs the same. */
final class ChannelList {
    private Channel first;
    private int size;

    int size() {
        return size;
    }

    boolean isEmpty() {
        return first == null;
    }

    /** Puts it in front: the channel used last is used next, its state still warm in the caches. */
    void push(Channel channel) {
        channel.previous = null;
        channel.next = first;
        if (first != null) {
            first.previous = channel;
        }
        first = channel;
        size++;
    }

    Channel pop() {
        Channel channel = first;
        remove(channel);
        return channel;
    }

    void remove(Channel channel) {
        if (channel.previous != null) {
            channel.previous.next = channel.next;
        } else {
            first = channel.next;
        }
        if (channel.next != null) {
            channel.next.previous = channel.previous;
        }
        channel.previous = null;
        channel.next = null;
        size--;
    }

    List<Channel> toList() {
        List<Channel> channels = new ArrayList<>(size);
        for (Channel channel = first; channel != null; channel = channel.next) {
            channels.add(channel);
        }
        return channels;
    }
}
