package io.lambdadispatch.local.runtime;

import io.lambdadispatch.local.function.InvokeResult;
import java.util.Optional;

/** An execution environment, as the runtime and the extensions inside see it by their API. */
public interface Sandbox {
    /** The name of the function that runs in it. */
    String functionName();

    /** The runtime asks for an invocation and waits for as long as it takes. */
    void next(NextPoll asked);

    /**
     * The runtime answers an invocation.
     *
     * @return false when it is not the one that it has
     */
    boolean answer(String requestId, InvokeResult result);

    /**
     * The runtime could not be initialized; the invoke that waits for it gets {@code result}.
     *
     * @return false when it has been initialized before
     */
    boolean initFailed(InvokeResult result);

    /** An extension; its identifier, or none when the runtime has asked for work already. */
    Optional<String> registerExtension();

    /** @return false when there is no such extension */
    boolean extensionAsks(String identifier, NextPoll asked);
}
