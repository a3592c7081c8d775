package io.lambdadispatch.benchmarks.system.hop;

import io.lambdadispatch.benchmarks.system.Ports;
import io.lambdadispatch.benchmarks.system.Service;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Main classes of this benchmark's own, in JVMs of their own. */
final class OwnJava {
    private OwnJava() {}

    /**
     * Starts one; it listens when this returns.
     *
     * @param ports its arguments, its own port first
     */
    static Service start(String name, Path logs, Class<?> main, int... ports) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        Arrays.stream(ports).mapToObj(Integer::toString).forEach(command::add);
        Service service = Service.start(name, command, Map.of(), logs);
        Ports.await(ports[0], service);
        return service;
    }
}
