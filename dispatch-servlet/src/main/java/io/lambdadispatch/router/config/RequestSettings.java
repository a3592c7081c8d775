package io.lambdadispatch.router.config;

import java.time.Duration;

/**
 * Limits of users' requests.
 *
 * @param incomingRequestTimeout how long a request waits for an instance before it is answered 504
 * @param maxQueuedRequests requests of a pool that wait at once; one more is answered 503
 * @param maxHeadBytes largest head of a request or response, in bytes, blank line included
 */
public record RequestSettings(Duration incomingRequestTimeout, int maxQueuedRequests, int maxHeadBytes) {}
