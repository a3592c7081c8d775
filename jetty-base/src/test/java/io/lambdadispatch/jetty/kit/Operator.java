package io.lambdadispatch.jetty.kit;

import io.lambdadispatch.testkit.RawUser;
import io.lambdadispatch.testkit.RawUser.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Somebody who asks for health, figures and state. */
public final class Operator {
    private final int port;

    /** One who asks there. */
    public Operator(int port) {
        this.port = port;
    }

    /** On the operators' port of a rig that has one. */
    public static Operator of(Rig rig) {
        return new Operator(rig.router().ports().admin().orElseThrow());
    }

    /** What is answered there. */
    public Answer ask(String path) {
        try (RawUser operator = RawUser.connect(port)) {
            return operator.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    .readAnswer();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All figures as Prometheus would read them, one a line. */
    public List<String> figures() {
        return ask("/metrics").text().lines().toList();
    }

    /** The value of a figure with exactly these tags, such as {@code a_total{b="c"}}; 0 when it is missing. */
    public double figure(String name) {
        return figures().stream()
                .filter(line -> line.startsWith(name + ' '))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .findFirst()
                .orElse(0);
    }
}
