package io.lambdadispatch.router.relay;

import java.util.Set;

/**
 * How requests are relayed.
 *
 * @param maxHeadBytes largest head sent into a channel, in bytes
 * @param keptFields names of fields that are not sent on, compared without regard to case
 * @param retriesSafely whether a request goes to another instance when its first one died and that is safe
 * @param idleWatch cuts off users who hold a relay up
 */
public record RelaySettings(int maxHeadBytes, Set<String> keptFields, boolean retriesSafely, IdleWatch idleWatch) {}
