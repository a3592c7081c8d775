package io.lambdadispatch.local;

import io.lambdadispatch.local.billing.EnvironmentStats;
import io.lambdadispatch.local.environment.LambdaFunction;
import io.lambdadispatch.local.environment.Machine;
import io.lambdadispatch.local.fault.Faults;
import io.lambdadispatch.local.fault.FaultsJson;
import io.lambdadispatch.local.http.Json;
import io.lambdadispatch.local.http.PayloadReader;
import io.lambdadispatch.local.invoke.InvokeAnswer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * What AWS has not: health, the meter, faults, and environments killed, frozen and thawed on demand. Whatever is left is
 * answered with 404.
 */
final class ControlHandler extends Handler.Abstract.NonBlocking {
    private static final Pattern ENVIRONMENT = Pattern.compile("/local-lambda/environments/([^/]+)/(kill|freeze|thaw)");
    private static final Pattern BUSY = Pattern.compile("/local-lambda/functions/([^/]+)/busy/(kill|freeze)");
    private static final Pattern FAULTS = Pattern.compile("/local-lambda/functions/([^/]+)/faults");
    private static final int LONGEST_FAULTS = 64 * 1024;

    private final LocalLambda lambda;
    private final Machine machine;

    ControlHandler(LocalLambda lambda, Machine machine) {
        this.lambda = lambda;
        this.machine = machine;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        String path = Request.getPathInContext(request);
        String method = request.getMethod();
        Matcher environment = ENVIRONMENT.matcher(path);
        Matcher busy = BUSY.matcher(path);
        Matcher faults = FAULTS.matcher(path);
        if (method.equals("GET") && path.equals("/health")) {
            answer(HttpStatus.OK_200, "text/plain", StandardCharsets.UTF_8.encode("OK"), response, callback);
        } else if (method.equals("GET") && path.equals("/local-lambda/stats")) {
            json(HttpStatus.OK_200, lambda.stats().toJson(), response, callback);
        } else if (method.equals("POST") && environment.matches()) {
            act(environment.group(2), environment.group(1), response, callback);
        } else if (method.equals("POST") && busy.matches()) {
            actOnBusy(busy.group(2), busy.group(1), response, callback);
        } else if (faults.matches()) {
            faults(faults.group(1), request, response, callback);
        } else {
            InvokeAnswer.unknownPath().send(response, callback);
        }
        return true;
    }

    /** Stopping processes takes its time, so this is no work for the selector's thread. */
    private void act(String action, String id, Response response, Callback callback) {
        machine.onProcessThread(() -> {
            boolean known = action(action).test(id);
            ByteBuffer body = Json.object(json -> {
                json.writeStringField("id", id);
                json.writeBooleanField("known", known);
            });
            json(known ? HttpStatus.OK_200 : HttpStatus.NOT_FOUND_404, body, response, callback);
        });
    }

    private Predicate<String> action(String name) {
        return switch (name) {
            case "kill" -> lambda::kill;
            case "freeze" -> lambda::freeze;
            default -> lambda::thaw;
        };
    }

    private void actOnBusy(String action, String function, Response response, Callback callback) {
        List<String> busy = lambda.functionNamed(function).map(LambdaFunction::stats).stream()
                .flatMap(stats -> stats.environments().stream())
                .filter(environment -> environment.state() == EnvironmentStats.State.BUSY && !environment.frozen())
                .map(EnvironmentStats::id)
                .toList();
        if (busy.isEmpty()) {
            fault(HttpStatus.NOT_FOUND_404, "no busy environment of " + function, response, callback);
        } else {
            act(action, busy.get(ThreadLocalRandom.current().nextInt(busy.size())), response, callback);
        }
    }

    private void faults(String name, Request request, Response response, Callback callback) {
        Optional<LambdaFunction> known = lambda.functionNamed(name);
        if (known.isEmpty()) {
            fault(HttpStatus.NOT_FOUND_404, "no function " + name, response, callback);
            return;
        }
        LambdaFunction function = known.get();
        switch (request.getMethod()) {
            case "GET" -> tell(function.faults(), response, callback);
            case "DELETE" -> {
                function.setFaults(Faults.NONE);
                tell(Faults.NONE, response, callback);
            }
            case "POST" ->
                PayloadReader.read(
                        request, LONGEST_FAULTS, callback, payload -> change(function, payload, response, callback));
            default -> fault(HttpStatus.METHOD_NOT_ALLOWED_405, "expected: GET, POST or DELETE", response, callback);
        }
    }

    private static void change(
            LambdaFunction function, PayloadReader.Payload payload, Response response, Callback callback) {
        try {
            tell(function.changeFaults(before -> FaultsJson.changed(before, payload.bytes())), response, callback);
        } catch (IllegalArgumentException e) {
            fault(HttpStatus.BAD_REQUEST_400, e.getMessage(), response, callback);
        }
    }

    private static void tell(Faults faults, Response response, Callback callback) {
        json(HttpStatus.OK_200, Json.object(json -> FaultsJson.write(faults, json)), response, callback);
    }

    private static void fault(int status, String message, Response response, Callback callback) {
        json(status, Json.object(json -> json.writeStringField("message", message)), response, callback);
    }

    private static void json(int status, ByteBuffer body, Response response, Callback callback) {
        answer(status, "application/json", body, response, callback);
    }

    private static void answer(int status, String type, ByteBuffer body, Response response, Callback callback) {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, type).put(HttpHeader.CONTENT_LENGTH, body.remaining());
        response.write(true, body, callback);
    }
}
