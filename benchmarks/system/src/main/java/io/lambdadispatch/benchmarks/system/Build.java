package io.lambdadispatch.benchmarks.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What {@code mvn package} has made of a checkout of this project.
 *
 * @param root the checkout's directory
 */
public record Build(Path root) {
    /** This checkout's. */
    public static Build own() {
        return new Build(Installation.root());
    }

    public Path router() throws IOException {
        return program("jetty-base/target/lambda-dispatch-router/bin/router");
    }

    /** The bootstrap of the client's package. */
    public Path client() throws IOException {
        return program("lambda-client/target/lambda-dispatch-client/bootstrap");
    }

    public Path war() throws IOException {
        return existing("webapp/target/lambda-dispatch.war");
    }

    /** The module that has the WAR run in Jetty. */
    public Path jettyModule() throws IOException {
        try (Stream<Path> files = Files.list(existing("webapp/target"))) {
            return files.filter(file -> file.getFileName().toString().matches("lambda-dispatch-jetty-.*\\.zip"))
                    .findFirst()
                    .orElseThrow(() -> missing("webapp/target/lambda-dispatch-jetty-….zip"));
        }
    }

    /** The {@code server.xml} for the WAR in Tomcat. */
    public Path tomcatServerXml() throws IOException {
        return existing("webapp/src/main/tomcat/conf/server.xml");
    }

    Path program(String path) throws IOException {
        Path file = existing(path);
        if (!Files.isExecutable(file)) {
            throw new IOException("not executable: " + file);
        }
        return file;
    }

    private Path existing(String path) throws IOException {
        Path file = root.resolve(path);
        if (!Files.exists(file)) {
            throw missing(path);
        }
        return file;
    }

    private IOException missing(String path) {
        return new IOException("no " + path + " in " + root + ": mvn package comes first");
    }
}
