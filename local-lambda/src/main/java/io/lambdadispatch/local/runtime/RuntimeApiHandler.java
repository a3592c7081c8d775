package io.lambdadispatch.local.runtime;

import io.lambdadispatch.local.function.FunctionErrors;
import io.lambdadispatch.local.function.InvokeLimits;
import io.lambdadispatch.local.function.InvokeResult;
import io.lambdadispatch.local.http.PayloadReader;
import io.lambdadispatch.local.http.PayloadReader.Payload;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * The Runtime API, version 2018-06-01.
 *
 * <p>Follows <a href="https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html">Using the Lambda runtime API</a>.
 */
public final class RuntimeApiHandler extends Handler.Abstract.NonBlocking {
    private static final String ROOT = "/2018-06-01/runtime/";
    private static final Pattern ANSWER = Pattern.compile("invocation/([^/]+)/(response|error)");
    private static final String ERROR_KIND = "Lambda-Runtime-Function-Error-Type";

    private final RuntimeApi api;

    public RuntimeApiHandler(RuntimeApi api) {
        this.api = api;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        if (api.isOwnPort(request)) {
            return false;
        }
        Optional<Sandbox> sandbox = api.sandboxOf(request);
        String path = Request.getPathInContext(request);
        if (sandbox.isEmpty()) {
            RuntimeApiAnswer.forbidden("Sandbox.Ended", "this environment has ended")
                    .send(response, callback);
        } else if (path.startsWith(ExtensionsApi.ROOT)) {
            ExtensionsApi.route(
                    path.substring(ExtensionsApi.ROOT.length()), sandbox.get(), request, response, callback);
        } else if (!path.startsWith(ROOT)) {
            RuntimeApiAnswer.notFound().send(response, callback);
        } else {
            route(path.substring(ROOT.length()), sandbox.get(), request, response, callback);
        }
        return true;
    }

    private static void route(String path, Sandbox sandbox, Request request, Response response, Callback callback) {
        Matcher answer = ANSWER.matcher(path);
        if (path.equals("invocation/next") && request.getMethod().equals("GET")) {
            sandbox.next(new NextPoll(request, response, callback));
        } else if (path.equals("init/error") && request.getMethod().equals("POST")) {
            read(request, response, callback, body -> initError(sandbox, errorOf(request, body)));
        } else if (answer.matches() && request.getMethod().equals("POST")) {
            String requestId = answer.group(1);
            boolean failed = answer.group(2).equals("error");
            read(
                    request,
                    response,
                    callback,
                    body -> answer(
                            sandbox,
                            requestId,
                            body,
                            failed ? errorOf(request, body) : InvokeResult.success(ByteBuffer.wrap(body.bytes()))));
        } else {
            RuntimeApiAnswer.notFound().send(response, callback);
        }
    }

    private static RuntimeApiAnswer answer(Sandbox sandbox, String requestId, Payload body, InvokeResult result) {
        InvokeResult told = body.tooLarge() ? FunctionErrors.answerTooLarge(InvokeLimits.ANSWER_BYTES) : result;
        if (!sandbox.answer(requestId, told)) {
            return RuntimeApiAnswer.unknownInvocation();
        }
        return body.tooLarge() ? RuntimeApiAnswer.tooLarge(InvokeLimits.ANSWER_BYTES) : RuntimeApiAnswer.accepted();
    }

    private static RuntimeApiAnswer initError(Sandbox sandbox, InvokeResult error) {
        return sandbox.initFailed(error)
                ? RuntimeApiAnswer.accepted()
                : RuntimeApiAnswer.forbidden("InvalidStateTransition", "Transition is not allowed");
    }

    private static InvokeResult errorOf(Request request, Payload body) {
        boolean handled = "Handled".equals(request.getHeaders().get(ERROR_KIND));
        return InvokeResult.error(ByteBuffer.wrap(body.bytes()), handled ? "Handled" : InvokeResult.UNHANDLED);
    }

    /** What is done with a body that has been read. */
    @FunctionalInterface
    private interface BodyUse {
        RuntimeApiAnswer answerTo(Payload body);
    }

    private static void read(Request request, Response response, Callback callback, BodyUse use) {
        PayloadReader.read(request, InvokeLimits.ANSWER_BYTES, callback, body -> use.answerTo(body)
                .send(response, callback));
    }
}
