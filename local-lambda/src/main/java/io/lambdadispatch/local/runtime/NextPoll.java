package io.lambdadispatch.local.runtime;

import io.lambdadispatch.local.function.Invocation;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * A runtime's {@code GET …/invocation/next}, held open until there is an invocation. Exactly one of the methods is
 * called, once.
 *
 * <p>Follows <a href="https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html">Using the Lambda runtime API</a>,
 * "Next invocation".
 */
public final class NextPoll {
    private final Request request;
    private final Response response;
    private final Callback callback;

    NextPoll(Request request, Response response, Callback callback) {
        this.request = request;
        this.response = response;
        this.callback = callback;
    }

    /**
     * Answers with the invocation.
     *
     * @param deadlineMs when the function times out, in ms since the epoch
     * @param undelivered called when the runtime has left
     */
    public void deliver(Invocation invocation, long deadlineMs, Runnable undelivered) {
        HttpFields.Mutable headers = response.getHeaders();
        headers.put(HttpHeader.CONTENT_TYPE, "application/json");
        headers.put("Lambda-Runtime-Aws-Request-Id", invocation.requestId());
        headers.put("Lambda-Runtime-Deadline-Ms", Long.toString(deadlineMs));
        headers.put("Lambda-Runtime-Invoked-Function-Arn", invocation.function().arn());
        headers.put("Lambda-Runtime-Trace-Id", invocation.traceId());
        if (invocation.clientContext() != null) {
            headers.put("Lambda-Runtime-Client-Context", invocation.clientContext());
        }
        headers.put(HttpHeader.CONTENT_LENGTH, invocation.payload().length);
        response.write(true, ByteBuffer.wrap(invocation.payload()), Callback.from(callback::succeeded, failure -> {
            callback.failed(failure);
            undelivered.run();
        }));
    }

    /** Answers that this is not the time to ask. */
    public void refuse() {
        RuntimeApiAnswer.forbidden("InvalidStateTransition", "Transition is not allowed")
                .send(response, callback);
    }

    /** Drops the connection; nobody is there any more. */
    public void abandon() {
        request.getConnectionMetaData().getConnection().getEndPoint().close();
        callback.failed(new EofException("the runtime has left"));
    }
}
