package io.lambdadispatch.router.console;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.WriteListener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;

/** A browser on the other side of a container that does what the test says. */
final class FakeViewer {
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private WriteListener listener;
    private boolean takes = true;
    private boolean isGone;
    private int completions;
    private int aborts;

    private final ServletOutputStream output = new ServletOutputStream() {
        @Override
        public boolean isReady() {
            return takes;
        }

        @Override
        public void setWriteListener(WriteListener writeListener) {
            listener = writeListener;
        }

        @Override
        public void write(int b) throws IOException {
            if (isGone) {
                throw new IOException("gone");
            }
            taken.write(b);
        }
    };

    private final ServletResponse response = (ServletResponse) Proxy.newProxyInstance(
            getClass().getClassLoader(), new Class<?>[] {ServletResponse.class}, (p, method, a) -> {
                if (method.getName().equals("getOutputStream")) {
                    return output;
                }
                throw new AssertionError(method);
            });

    private final AsyncContext context = (AsyncContext)
            Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {AsyncContext.class}, (p, method, a) -> {
                if (method.getName().equals("complete")) {
                    completions++;
                    return null;
                }
                if (method.getName().equals("getResponse")) {
                    return response;
                }
                throw new AssertionError(method);
            });

    /** Comes in, and the container lets him be written to. */
    FakeViewer enter(Viewers viewers) throws IOException {
        if (!viewers.admit(context, "hello|", aborted -> aborts++)) {
            throw new AssertionError("not admitted");
        }
        listener.onWritePossible();
        return this;
    }

    boolean isAdmitted(Viewers viewers) throws IOException {
        return viewers.admit(context, "hello|", aborted -> aborts++);
    }

    /** Takes nothing more. */
    void stall() {
        takes = false;
    }

    /** Takes all that there is. */
    void goOn() throws IOException {
        takes = true;
        listener.onWritePossible();
    }

    /** Leaves without a word. */
    void leave() {
        isGone = true;
    }

    /** The container has found out that he left. */
    void isFoundGone() {
        listener.onError(new IOException("gone"));
    }

    String taken() {
        return taken.toString(StandardCharsets.UTF_8);
    }

    int completions() {
        return completions;
    }

    int aborts() {
        return aborts;
    }
}
