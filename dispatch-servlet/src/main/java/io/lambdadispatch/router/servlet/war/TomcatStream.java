package io.lambdadispatch.router.servlet.war;

import jakarta.servlet.ServletRequest;
import java.io.IOException;
import java.lang.reflect.Field;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What Tomcat knows of an HTTP/2 stream, or can do to it, and the Servlet API does not tell. There a stream that was reset looks
 * like one that has ended, until its listener is told a moment later; and a lost connection looks like a reset of each of its
 * streams, one after the other. Both are told apart by two private fields, the same in Tomcat 10.1 and 11. Where they are not
 * found, as in any other container and over HTTP/1.1, the answer is no.
 */
final class TomcatStream {
    private static final Logger LOG = LoggerFactory.getLogger(TomcatStream.class);

    private static final String[] PROCESSOR = {"request", "coyoteRequest", "hook"};
    private static final String[] STREAM_STATE = {"stream", "state", "state"};
    private static final String[] CONNECTION_STATE = {"handler", "connectionState"};
    private static final String[] ASYNC_STATE = {"asyncStateMachine", "state"};
    private static final String[] INPUT = {"stream", "inputBuffer"};
    private static final String[] COYOTE_REQUEST = {"request", "coyoteRequest"};

    private static final Set<String> RESET = Set.of("CLOSED_RST_RX", "CLOSED_RST_TX");
    private static final Set<String> WHOLE = Set.of("HALF_CLOSED_REMOTE");
    private static final Set<String> CLOSED = Set.of("CLOSED");
    private static final String AT_REST = "STARTED";

    /** Looking one up takes long, and thousands of streams may be looked at every two seconds. */
    private static final Map<Class<?>, Map<String, Optional<Field>>> FIELDS = new ConcurrentHashMap<>();

    private TomcatStream() {}

    /** Whether the request's stream was reset, by either side. */
    static boolean isReset(ServletRequest request) {
        return isOneOf(RESET, request, STREAM_STATE);
    }

    /** Whether the end of the request's body has come, and the response's has not yet been sent. */
    static boolean isInputWhole(ServletRequest request) {
        return isOneOf(WHOLE, request, STREAM_STATE);
    }

    /** Whether the connection that carries the request's stream is closed. */
    static boolean isConnectionClosed(ServletRequest request) {
        return isOneOf(CLOSED, request, CONNECTION_STATE);
    }

    /**
     * Has Tomcat reset the request's stream, as if its peer had done so: on one of its own threads, and without sending anything
     * more. A dispatch instead, while no thread of Tomcat's is at the stream, may meet an event that just begins to be dealt with,
     * whereupon Tomcat closes the whole connection. Any thread.
     *
     * @return false where there is no such stream, or a thread of Tomcat's is at it, which takes note of dispatches
     */
    static boolean failsAtRest(ServletRequest request) {
        try {
            Object processor = follow(ContainerMethods.unwrapped(request), PROCESSOR);
            read(processor, "stream");
            if (!AT_REST.equals(follow(processor, ASYNC_STATE).toString())) {
                return false;
            }
            act(request, "DISPATCH_ERROR", null);
            act(request, "DISPATCH_EXECUTE", null);
            return true;
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.debug("this container has no stream that could be reset", e);
            return false;
        }
    }

    /**
     * Has Tomcat drop what it still holds of the request's response. A servlet's failure alone would make it send that first, and
     * wait in a thread until the peer takes it, who may never do so. Listeners may then hear twice that it is over. To be called on
     * the thread that serves the request.
     *
     * @param why as Tomcat is to remember it
     */
    static void sendNothingMore(ServletRequest request, IOException why) {
        try {
            act(request, "CLOSE_NOW", why);
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.debug("this container cannot be told to send nothing more", e);
        }
    }

    /**
     * Has the listener called if there is anything to be read: a last frame that comes while Tomcat looks whether one has come is
     * told to nobody. Any thread.
     */
    static void tellOfUnread(ServletRequest request) {
        try {
            Object input = follow(follow(ContainerMethods.unwrapped(request), PROCESSOR), INPUT);
            if ((int) ContainerMethods.call(input, "available") > 0) {
                act(request, "DISPATCH_READ", null);
                act(request, "DISPATCH_EXECUTE", null);
            }
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.debug("this container does not show what its streams have received", e);
        }
    }

    private static void act(ServletRequest request, String action, Object with) throws ReflectiveOperationException {
        Object coyoteRequest = follow(ContainerMethods.unwrapped(request), COYOTE_REQUEST);
        ClassLoader tomcat = coyoteRequest.getClass().getClassLoader();
        Class<?> actions = Class.forName("org.apache.coyote.ActionCode", true, tomcat);
        Object code = actions.getField(action).get(null);
        coyoteRequest.getClass().getMethod("action", actions, Object.class).invoke(coyoteRequest, code, with);
    }

    private static boolean isOneOf(Set<String> names, ServletRequest request, String... path) {
        try {
            Object state = follow(follow(ContainerMethods.unwrapped(request), PROCESSOR), path);
            if (state instanceof AtomicReference<?> reference) {
                state = reference.get();
            }
            return state instanceof Enum<?> name && names.contains(name.name());
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.debug("this container does not show the state of its streams", e);
            return false;
        }
    }

    private static Object follow(Object from, String... path) throws ReflectiveOperationException {
        Object at = from;
        for (String name : path) {
            at = read(at, name);
        }
        return at;
    }

    private static Object read(Object owner, String name) throws ReflectiveOperationException {
        return FIELDS.computeIfAbsent(owner.getClass(), type -> new ConcurrentHashMap<>())
                .computeIfAbsent(name, unknown -> find(owner.getClass(), name))
                .orElseThrow(() -> new NoSuchFieldException(owner.getClass().getName() + '.' + name))
                .get(owner);
    }

    private static Optional<Field> find(Class<?> owner, String name) {
        for (Class<?> type = owner; type != null; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (field.getName().equals(name)) {
                    field.setAccessible(true);
                    return Optional.of(field);
                }
            }
        }
        return Optional.empty();
    }
}
