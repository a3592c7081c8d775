package io.lambdadispatch.router.servlet.war;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A part of the container, seen by reflection. What it does not show is empty: containers differ, and their next versions will.
 *
 * @param name as the container's documentation calls it
 */
record Part(String name, Object object) {
    /** What a getter of that property says, else the field of that name. */
    Optional<Object> get(String property) {
        return getter(property).flatMap(this::call).or(() -> field(property));
    }

    /** Empty text for what can be set, and is not. */
    Optional<String> text(String property) {
        return get(property).map(Object::toString).or(() -> getter(property).map(unset -> ""));
    }

    Optional<Part> part(String property, String partName) {
        return get(property).map(object -> new Part(partName, object));
    }

    /** The elements of an array or collection that a method without arguments returns. */
    List<Object> elements(String method) {
        Object all = method(method).flatMap(this::call).orElse(List.of());
        if (all instanceof Collection<?> collection) {
            return List.copyOf(collection);
        }
        List<Object> elements = new ArrayList<>();
        for (int i = 0; all.getClass().isArray() && i < Array.getLength(all); i++) {
            elements.add(Array.get(all, i));
        }
        return elements;
    }

    private Optional<Method> getter(String property) {
        String capitalized = property.substring(0, 1).toUpperCase(Locale.ROOT) + property.substring(1);
        return method("get" + capitalized).or(() -> method("is" + capitalized));
    }

    private Optional<Method> method(String name) {
        try {
            return Optional.of(object.getClass().getMethod(name)).filter(Method::trySetAccessible);
        } catch (ReflectiveOperationException | RuntimeException e) {
            return Optional.empty();
        }
    }

    private Optional<Object> call(Method method) {
        try {
            return Optional.ofNullable(method.invoke(object));
        } catch (ReflectiveOperationException | RuntimeException e) {
            return Optional.empty();
        }
    }

    private Optional<Object> field(String name) {
        for (Class<?> type = object.getClass(); type != null; type = type.getSuperclass()) {
            try {
                Field field = type.getDeclaredField(name);
                return field.trySetAccessible() ? Optional.ofNullable(field.get(object)) : Optional.empty();
            } catch (NoSuchFieldException e) {
                // Perhaps of a superclass.
            } catch (IllegalAccessException | RuntimeException e) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }
}
