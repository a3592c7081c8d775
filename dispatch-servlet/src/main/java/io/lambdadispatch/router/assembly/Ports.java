package io.lambdadispatch.router.assembly;

import io.lambdadispatch.router.config.RouterConfig;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The ports that a router listens on; empty where one is off. */
public record Ports(
        OptionalInt usersHttp,
        OptionalInt usersHttps,
        OptionalInt controlHttp,
        OptionalInt controlHttps,
        OptionalInt admin) {
    /** Those that the settings name. */
    public static Ports of(RouterConfig config) {
        return new Ports(
                config.listen().usersHttpPort(),
                config.listen().usersHttpsPort(),
                config.listen().controlHttpPort(),
                config.listen().controlHttpsPort(),
                config.admin().port());
    }

    /** One line for people and scripts: {@code users http=5001 https=5002, instances http=off https=5004, operators http=off}. */
    @Override
    public String toString() {
        return "users http=" + text(usersHttp) + " https=" + text(usersHttps) + ", instances http=" + text(controlHttp)
                + " https=" + text(controlHttps) + ", operators http=" + text(admin);
    }

    private static String text(OptionalInt port) {
        return port.isPresent() ? Integer.toString(port.getAsInt()) : "off";
    }

    Set<Integer> control() {
        return Stream.of(controlHttp, controlHttps)
                .flatMap(port -> port.stream().boxed())
                .collect(Collectors.toSet());
    }
}
