package io.lambdadispatch.local.invoke;

import io.lambdadispatch.local.config.FunctionName;
import io.lambdadispatch.local.environment.LambdaFunction;
import io.lambdadispatch.local.function.Invocation;
import io.lambdadispatch.local.function.InvokeLimits;
import io.lambdadispatch.local.function.Refusal;
import io.lambdadispatch.local.http.PayloadReader;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * A function as Lambda itself serves it over HTTP: each request is one invoke, has an environment to itself, and starts one when none
 * is idle. What AWS gives a host name of its own is the path {@code /function-url/{name}/} here.
 *
 * <p>Follows <a href="https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html">Invoking Lambda function URLs</a>, with
 * answers buffered and without authorization.
 */
public final class FunctionUrlHandler extends Handler.Abstract.NonBlocking {
    private static final Pattern PATH = Pattern.compile("/function-url/([^/]+)(/.*)?");

    private final Map<String, LambdaFunction> functions;

    public FunctionUrlHandler(Map<String, LambdaFunction> functions) {
        this.functions = functions;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Matcher path = PATH.matcher(request.getHttpURI().getPath());
        if (!path.matches()) {
            return false;
        }
        LambdaFunction function = functions.get(path.group(1));
        if (function == null) {
            FunctionUrlAnswer.of(HttpStatus.NOT_FOUND_404).send(response, callback);
            return true;
        }
        String rawPath = path.group(2) == null ? "/" : path.group(2);
        PayloadReader.read(request, InvokeLimits.PAYLOAD_BYTES, callback, payload -> {
            if (payload.tooLarge()) {
                FunctionUrlAnswer.of(HttpStatus.PAYLOAD_TOO_LARGE_413).send(response, callback);
            } else {
                byte[] event = FunctionUrlEvent.of(request, rawPath, payload.bytes());
                invoke(function, event, response, callback);
            }
        });
        return true;
    }

    private static void invoke(LambdaFunction function, byte[] event, Response response, Callback callback) {
        FunctionName name = FunctionName.parse(function.settings().name()).orElseThrow();
        Invocation invocation = new Invocation(name, event, InvokeApiHandler.newTraceId(), null);
        Optional<Refusal> refusal = function.invoke(invocation);
        response.getHeaders().put("x-amzn-RequestId", invocation.requestId());
        if (refusal.isPresent()) {
            int status = refusal.get().isThrottle()
                    ? HttpStatus.TOO_MANY_REQUESTS_429
                    : HttpStatus.INTERNAL_SERVER_ERROR_500;
            response.getHeaders().put(HttpHeader.RETRY_AFTER, 1);
            FunctionUrlAnswer.of(status).send(response, callback);
        } else {
            invocation.onResult(result -> FunctionUrlAnswer.of(result).send(response, callback));
        }
    }
}
