package io.lambdadispatch.cdk;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.UnaryOperator;

/**
 * A place in a template.
 *
 * @param value maps, lists, strings, numbers and booleans
 */
record Json(Object value) {
    static Json of(Object value) {
        return new Json(value);
    }

    /** What is there; a key that is missing is an error. */
    Json at(String... keys) {
        Object at = value;
        for (String key : keys) {
            if (!(at instanceof Map<?, ?> map) || !map.containsKey(key)) {
                throw new NoSuchElementException("no " + key + " in " + at);
            }
            at = map.get(key);
        }
        return new Json(at);
    }

    boolean has(String key) {
        return value instanceof Map<?, ?> map && map.containsKey(key);
    }

    List<Json> elements() {
        return ((List<?>) value).stream().map(Json::new).toList();
    }

    Json only() {
        if (elements().size() != 1) {
            throw new NoSuchElementException("not one element: " + value);
        }
        return elements().get(0);
    }

    /** The element of a list that has this field with this value. */
    Json with(String key, Object expected) {
        return elements().stream()
                .filter(element -> element.has(key) && element.at(key).value().equals(expected))
                .findFirst()
                .orElseThrow(() -> new NoSuchElementException("no " + key + ": " + expected + " in " + value));
    }

    Map<String, Json> map(UnaryOperator<Json> change) {
        Map<String, Json> changed = new LinkedHashMap<>();
        ((Map<?, ?>) value).forEach((key, element) -> changed.put((String) key, change.apply(new Json(element))));
        return changed;
    }

    int number() {
        return ((Number) value).intValue();
    }

    String text() {
        return String.valueOf(value);
    }
}
