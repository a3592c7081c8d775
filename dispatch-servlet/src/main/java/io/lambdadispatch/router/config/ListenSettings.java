package io.lambdadispatch.router.config;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the standalone router listens on. A port is empty when it is off, and 0 for any free one.
 *
 * @param bindAddress host name or IP address, IPv6 without brackets
 * @param usersHttpPort HTTP/1.1 and h2c, for users
 * @param usersHttpsPort TLS, for users
 * @param controlHttpPort h2c, for instances; empty as well when the control channel must be secure
 * @param controlHttpsPort TLS, for instances
 * @param tlsKeyStore empty: a self-signed certificate is made at start
 * @param maxUserConnections of users, on both ports together; empty: as many as the files that may be open suggest
 * @param maxWorkerThreads size of the thread pool; empty: the server's own choice
 */
public record ListenSettings(
        String bindAddress,
        OptionalInt usersHttpPort,
        OptionalInt usersHttpsPort,
        OptionalInt controlHttpPort,
        OptionalInt controlHttpsPort,
        Optional<TlsKeyStore> tlsKeyStore,
        OptionalInt maxUserConnections,
        OptionalInt maxWorkerThreads) {}
