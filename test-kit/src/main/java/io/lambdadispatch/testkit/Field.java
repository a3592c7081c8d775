package io.lambdadispatch.testkit;

import java.util.ArrayList;
import java.util.List;

/** A field line, byte for byte as ISO-8859-1. */
public record Field(String name, String value) {
    /** A field line without its line end. */
    static Field parse(String line) {
        int colon = line.indexOf(':');
        if (colon < 1) {
            throw new AssertionError("not a field line: " + line);
        }
        return new Field(line.substring(0, colon), line.substring(colon + 1).strip());
    }

    /** Field lines without their line ends. */
    public static List<Field> parseAll(List<String> lines) {
        List<Field> fields = new ArrayList<>();
        lines.forEach(line -> fields.add(parse(line)));
        return List.copyOf(fields);
    }

    /** Values of all fields of that name, in any case, in their order. */
    public static List<String> values(List<Field> fields, String name) {
        return fields.stream()
                .filter(field -> field.name().equalsIgnoreCase(name))
                .map(Field::value)
                .toList();
    }

    @Override
    public String toString() {
        return name + ": " + value;
    }
}
