package io.lambdadispatch.it;

import java.nio.file.Path;

/** Where the build has put what is tested. */
final class Distributions {
    private Distributions() {}

    static Path root() {
        return Path.of(System.getProperty("project.root", ".."))
                .toAbsolutePath()
                .normalize();
    }

    static Path build() {
        return Path.of(System.getProperty("project.build.directory", "target")).toAbsolutePath();
    }
}
