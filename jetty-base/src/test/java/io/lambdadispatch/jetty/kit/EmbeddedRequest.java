package io.lambdadispatch.jetty.kit;

import io.lambdadispatch.testkit.Field;
import java.util.List;

/** The head of a request as it travels in a channel. */
public record EmbeddedRequest(String requestLine, List<Field> fields) {
    static EmbeddedRequest parse(String head) {
        List<String> lines = List.of(head.split("\r\n"));
        return new EmbeddedRequest(lines.get(0), Field.parseAll(lines.subList(1, lines.size())));
    }

    /** What stands between method and version. */
    public String target() {
        return requestLine.split(" ", -1)[1];
    }

    /** Values of that name, in any case, in their order. */
    public List<String> values(String name) {
        return Field.values(fields, name);
    }
}
