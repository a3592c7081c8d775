package io.lambdadispatch.local.invoke;

import io.lambdadispatch.local.config.FunctionName;
import io.lambdadispatch.local.environment.LambdaFunction;
import io.lambdadispatch.local.function.Invocation;
import io.lambdadispatch.local.function.InvokeLimits;
import io.lambdadispatch.local.function.InvokeResult;
import io.lambdadispatch.local.function.Refusal;
import io.lambdadispatch.local.http.Json;
import io.lambdadispatch.local.http.PayloadReader;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;

/**
 * The Invoke API: any number of invokes are held open at once, none of them with a thread. Signatures are not looked at.
 *
 * <p>Follows <a href="https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html">Invoke</a>.
 */
public final class InvokeApiHandler extends Handler.Abstract.NonBlocking {
    private static final Pattern PATH = Pattern.compile("/2015-03-31/functions/([^/]+)/invocations");
    private static final byte[] NO_PAYLOAD = "{}".getBytes(StandardCharsets.UTF_8);

    private final Map<String, LambdaFunction> functions;

    public InvokeApiHandler(Map<String, LambdaFunction> functions) {
        this.functions = functions;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Matcher path = PATH.matcher(request.getHttpURI().getPath());
        if (!path.matches() || !request.getMethod().equals("POST")) {
            return false;
        }
        String requestedName = URLDecoder.decode(path.group(1), StandardCharsets.UTF_8);
        String type = request.getHeaders().get("X-Amz-Invocation-Type");
        int limit = "Event".equals(type) ? InvokeLimits.EVENT_BYTES : InvokeLimits.PAYLOAD_BYTES;
        PayloadReader.read(request, limit, callback, payload -> {
            if (payload.tooLarge()) {
                InvokeAnswer.tooLarge(limit).send(response, callback);
            } else {
                byte[] json = payload.bytes().length == 0 ? NO_PAYLOAD : payload.bytes();
                invoke(requestedName, type, json, request, response, callback);
            }
        });
        return true;
    }

    private void invoke(
            String requestedName, String type, byte[] json, Request request, Response response, Callback callback) {
        Optional<FunctionName> parsed = FunctionName.parse(requestedName);
        if (parsed.isEmpty()) {
            InvokeAnswer.invalidName(requestedName).send(response, callback);
            return;
        }
        Fields query = Request.extractQueryParameters(request);
        String qualifier = query.getValue("Qualifier");
        if (parsed.get().contradicts(qualifier)) {
            InvokeAnswer.invalidParameter(
                            "The derived qualifier from the function name does not match the specified qualifier.")
                    .send(response, callback);
            return;
        }
        FunctionName name = parsed.get().qualifiedBy(qualifier);
        LambdaFunction function = functions.get(name.name());
        Optional<String> fault = Json.fault(json);
        if (function == null) {
            InvokeAnswer.functionNotFound(name).send(response, callback);
        } else if (fault.isPresent()) {
            InvokeAnswer.notJson(fault.get()).send(response, callback);
        } else {
            invoke(function, type, invocation(name, json, request), response, callback);
        }
    }

    private static void invoke(
            LambdaFunction function, String type, Invocation invocation, Response response, Callback callback) {
        String kind = type == null ? "RequestResponse" : type;
        response.getHeaders().put("x-amzn-RequestId", invocation.requestId());
        switch (kind) {
            case "DryRun" -> {
                Optional<Refusal> refusal = function.refusalOfDryRun();
                if (refusal.isPresent()) {
                    refuse(invocation, refusal.get(), response, callback);
                } else {
                    answerEmpty(HttpStatus.NO_CONTENT_204, response, callback);
                }
            }
            case "RequestResponse", "Event" -> {
                Optional<Refusal> refusal = function.invoke(invocation);
                if (refusal.isPresent()) {
                    refuse(invocation, refusal.get(), response, callback);
                } else if (kind.equals("Event")) {
                    answerEmpty(HttpStatus.ACCEPTED_202, response, callback);
                } else {
                    // Should the caller have left by then, the write fails and nothing else: the invoke ran on.
                    invocation.onResult(result -> answer(invocation, result, response, callback));
                }
            }
            default ->
                InvokeAnswer.invalidParameter("InvocationType must be RequestResponse, Event or DryRun, not " + kind)
                        .send(response, callback);
        }
    }

    private static void refuse(Invocation invocation, Refusal refusal, Response response, Callback callback) {
        InvokeAnswer.refused(refusal, invocation.function()).send(response, callback);
    }

    private static void answerEmpty(int status, Response response, Callback callback) {
        response.setStatus(status);
        callback.succeeded();
    }

    private static void answer(Invocation invocation, InvokeResult result, Response response, Callback callback) {
        response.setStatus(HttpStatus.OK_200);
        response.getHeaders()
                .put("X-Amz-Executed-Version", invocation.function().executedVersion())
                .put("X-Amzn-Trace-Id", invocation.traceId())
                .put(HttpHeader.CONTENT_TYPE, "application/json")
                .put(HttpHeader.CONTENT_LENGTH, result.payload().remaining());
        if (result.failed()) {
            response.getHeaders().put("X-Amz-Function-Error", result.functionError());
        }
        response.write(true, result.payload(), callback);
    }

    private static Invocation invocation(FunctionName name, byte[] json, Request request) {
        String traceId = request.getHeaders().get("X-Amzn-Trace-Id");
        return new Invocation(name, json, traceId == null ? newTraceId() : traceId, clientContext(request));
    }

    private static String clientContext(Request request) {
        String encoded = request.getHeaders().get("X-Amz-Client-Context");
        try {
            return encoded == null ? null : new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    static String newTraceId() {
        String random = UUID.randomUUID().toString().replace("-", "");
        String seconds = Long.toHexString(System.currentTimeMillis() / 1000);
        return "Root=1-" + seconds + "-" + random.substring(0, 24) + ";Parent=" + random.substring(8, 24)
                + ";Sampled=0";
    }
}
