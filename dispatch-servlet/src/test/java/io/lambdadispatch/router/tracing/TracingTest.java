package io.lambdadispatch.router.tracing;

import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.lambdadispatch.router.relay.Spans;
import io.opentelemetry.api.GlobalOpenTelemetry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The router without OpenTelemetry, and with more or less of it. */
class TracingTest {
    @AfterEach
    void forget() {
        GlobalOpenTelemetry.resetForTest();
    }

    @Test
    void nothingIsRecordedWithoutTheApi() throws Exception {
        assertRecordsNothing("io.opentelemetry.");
    }

    @Test
    void nothingIsRecordedWhenOneOfItsJarsIsMissing() throws Exception {
        assertRecordsNothing("io.opentelemetry.context.");
        assertRecordsNothing("io.opentelemetry.common.");
    }

    @Test
    void nothingIsRecordedWithTheApiAlone() {
        assertSame(Spans.NONE, Tracing.spans());
    }

    private static void assertRecordsNothing(String hiddenPackages) throws Exception {
        ClassLoader loader = new WithoutPackages(hiddenPackages);
        Class<?> tracing = loader.loadClass(Tracing.class.getName());
        assertNotSame(Tracing.class, tracing, "loaded once more, where the API is hidden");
        Object none = loader.loadClass(Spans.class.getName()).getField("NONE").get(null);
        assertSame(none, tracing.getMethod("spans").invoke(null));
    }

    /** Loads the router and OpenTelemetry anew, but for what is hidden. */
    private static final class WithoutPackages extends ClassLoader {
        private final String hidden;

        WithoutPackages(String hidden) {
            super(TracingTest.class.getClassLoader());
            this.hidden = hidden;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                if (name.startsWith(hidden)) {
                    throw new ClassNotFoundException(name);
                }
                boolean isAnew = name.startsWith("io.lambdadispatch.") || name.startsWith("io.opentelemetry.");
                if (!isAnew) {
                    return super.loadClass(name, resolve);
                }
                Class<?> loaded = findLoadedClass(name);
                return loaded != null ? loaded : define(name);
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream file = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (file == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] bytes = file.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
