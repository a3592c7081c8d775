package io.lambdadispatch.it.deploy;

import java.nio.file.Path;

/** Where things are. */
final class Project {
    private Project() {}

    static Path root() {
        return Path.of(System.getProperty("project.root", ".."))
                .toAbsolutePath()
                .normalize();
    }

    static Path file(String path) {
        return root().resolve(path);
    }
}
