package io.lambdadispatch.router.servlet.war;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Methods of a container's own objects. Looking one up takes long, and some are called for every write. */
final class ContainerMethods {
    private static final Map<Class<?>, Map<String, Method>> METHODS = new ConcurrentHashMap<>();

    private ContainerMethods() {}

    /** The public method of that name; there is no other of that name that is asked for. */
    static Method of(Object owner, String name, Class<?>... parameters) throws NoSuchMethodException {
        Map<String, Method> known = METHODS.computeIfAbsent(owner.getClass(), type -> new ConcurrentHashMap<>());
        Method method = known.get(name);
        if (method == null) {
            method = owner.getClass().getMethod(name, parameters);
            // Public, but perhaps of a class that is not.
            method.setAccessible(true);
            known.put(name, method);
        }
        return method;
    }

    static Object call(Object owner, String name) throws ReflectiveOperationException {
        return of(owner, name).invoke(owner);
    }

    /** The container's own request behind what filters have made of it. */
    static ServletRequest unwrapped(ServletRequest request) {
        ServletRequest inner = request;
        while (inner instanceof ServletRequestWrapper wrapper) {
            inner = wrapper.getRequest();
        }
        return inner;
    }
}
