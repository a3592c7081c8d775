package io.lambdadispatch.testkit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON text as what Java has for it. */
public final class Json {
    private static final JsonFactory JSON = new JsonFactory();

    private final Object value;

    private Json(Object value) {
        this.value = value;
    }

    /** Reads one value, behind which nothing may follow. */
    public static Json parse(String text) {
        try (JsonParser parser = JSON.createParser(text)) {
            parser.nextToken();
            Json json = new Json(value(parser));
            if (parser.nextToken() != null) {
                throw new AssertionError("more than one value: " + text);
            }
            return json;
        } catch (IOException e) {
            throw new UncheckedIOException(text, e);
        }
    }

    private static Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, Object> members = new LinkedHashMap<>();
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String name = parser.currentName();
                    parser.nextToken();
                    if (members.put(name, value(parser)) != null) {
                        throw new AssertionError("twice: " + name);
                    }
                }
                yield members;
            }
            case START_ARRAY -> {
                List<Object> elements = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    elements.add(value(parser));
                }
                yield elements;
            }
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE, VALUE_FALSE -> parser.getBooleanValue();
            case VALUE_STRING -> parser.getText();
            case VALUE_NULL -> null;
            default -> throw new AssertionError("unexpected " + parser.currentToken());
        };
    }

    private Map<?, ?> members() {
        return (Map<?, ?>) value;
    }

    /** Whether the object has that member. */
    public boolean has(String name) {
        return members().containsKey(name);
    }

    /** Names of the object's members. */
    public List<String> names() {
        return members().keySet().stream().map(String.class::cast).toList();
    }

    /** That member of the object. */
    public Json get(String name) {
        if (!has(name)) {
            throw new AssertionError("no " + name + " in " + value);
        }
        return new Json(members().get(name));
    }

    /** That element of the array. */
    public Json get(int index) {
        return all().get(index);
    }

    /** The array's elements. */
    public List<Json> all() {
        return ((List<?>) value).stream().map(Json::new).toList();
    }

    /** As text. */
    public String text() {
        return (String) value;
    }

    /** As a number. */
    public double number() {
        return (Double) value;
    }

    /** As yes or no. */
    public boolean isTrue() {
        return (Boolean) value;
    }

    /** Whether it is a number. */
    public boolean isNumber() {
        return value instanceof Double;
    }

    @Override
    public String toString() {
        return String.valueOf(value);
    }
}
