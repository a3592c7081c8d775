package io.lambdadispatch.router.config;

import java.time.Duration;

/**
 * Limits of users' requests.
 *
 * @param incomingRequestTimeout how long a request waits for an instance before it is answered 504
 * @param maxQueuedRequests requests of a pool that wait at once; one more is answered 503
 * @param retrySafeRequests whether a request whose instance died goes to another one when that is safe
 * @param relayIdleTimeout how long a user may neither send the body that he has announced nor take the answer
 * @param maxHeadBytes largest head of a request or response, in bytes, blank line included
 */
public record RequestSettings(
        Duration incomingRequestTimeout,
        int maxQueuedRequests,
        boolean retrySafeRequests,
        Duration relayIdleTimeout,
        int maxHeadBytes) {}
