package io.lambdadispatch.router.relay;

import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * What all exchanges of a router share.
 *
 * @param maxHeadBytes largest head sent into a channel, in bytes
 * @param keptFields names of fields that are not sent on, compared without regard to case
 * @param retriesSafely whether a request goes to another instance when its first one died and that is safe
 * @param idleWatch cuts off users who hold a relay up
 * @param listener told when a request has ended
 * @param newTrace what a request without a trace id is given
 * @param spans records each request for a tracing system
 * @param isLeaving whether users on HTTP/1.1 are to come back on another connection, which may lead elsewhere
 * @param allowsDebug whether users may have each step of their requests logged
 */
public record RelayContext(
        int maxHeadBytes,
        Set<String> keptFields,
        boolean retriesSafely,
        IdleWatch idleWatch,
        RequestListener listener,
        NewTrace newTrace,
        Spans spans,
        BooleanSupplier isLeaving,
        boolean allowsDebug) {}
