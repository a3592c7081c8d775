package io.lambdadispatch.router.config;

import java.util.Optional;

/**
 * How instances call back, and what they must show.
 *
 * @param preferredScheme what an invoke tells the instance to use
 * @param allowInsecure whether the control channel is also served without TLS
 * @param requireChannelToken refuse an instance that does not send its token; false to serve the reference's extension
 * @param callbackHost host name or IP address under which instances reach this router, IPv6 without brackets; empty:
 *     found at start
 * @param envVarForCallbackIp environment variable to look for that address in
 */
public record ControlChannelSettings(
        Scheme preferredScheme,
        boolean allowInsecure,
        boolean requireChannelToken,
        Optional<String> callbackHost,
        String envVarForCallbackIp) {}
