package io.lambdadispatch.local.environment;

import io.lambdadispatch.local.config.FunctionName;
import io.lambdadispatch.local.config.FunctionSettings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The variables that a process in an environment sees: those of local-lambda itself without what concerns AWS (so that
 * nobody's credentials leak), those of Lambda, and those of the function.
 *
 * <p>Follows <a href="https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html">Lambda environment
 * variables</a>, "Defined runtime environment variables". {@code PORT} and {@code LAMBDA_DISPATCH_PORT} are ours: the
 * environments share one network here.
 */
final class EnvironmentVariables {
    private EnvironmentVariables() {}

    static Map<String, String> of(
            FunctionSettings function, String mark, String environmentId, int runtimeApiPort, int appPort) {
        Map<String, String> variables = inherited(System.getenv());
        variables.put("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:" + runtimeApiPort);
        variables.put("AWS_LAMBDA_FUNCTION_NAME", function.name());
        variables.put("AWS_LAMBDA_FUNCTION_VERSION", FunctionName.LATEST);
        variables.put("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", Integer.toString(function.memoryMb()));
        variables.put("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand");
        variables.put("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/" + function.name());
        variables.put("AWS_LAMBDA_LOG_STREAM_NAME", "local/[" + FunctionName.LATEST + "]" + environmentId);
        variables.put("AWS_EXECUTION_ENV", "AWS_Lambda_java17");
        variables.put("AWS_REGION", FunctionName.REGION);
        variables.put("AWS_DEFAULT_REGION", FunctionName.REGION);
        variables.put("AWS_ACCESS_KEY_ID", "local");
        variables.put("AWS_SECRET_ACCESS_KEY", "local");
        variables.put("AWS_SESSION_TOKEN", "local");
        variables.put("LAMBDA_TASK_ROOT", taskRoot(function));
        variables.put("LAMBDA_RUNTIME_DIR", "/var/runtime");
        variables.put("_HANDLER", "bootstrap");
        variables.put("TZ", ":UTC");
        variables.put("PORT", Integer.toString(appPort));
        variables.put("LAMBDA_DISPATCH_PORT", Integer.toString(appPort));
        variables.putAll(function.environment());
        variables.put(ProcessTree.MARKER, mark);
        return variables;
    }

    private static Map<String, String> inherited(Map<String, String> own) {
        Map<String, String> variables = new HashMap<>(own);
        variables.keySet().removeIf(name -> name.startsWith("AWS_") || name.startsWith("LOCAL_LAMBDA_"));
        return variables;
    }

    private static String taskRoot(FunctionSettings function) {
        Path directory = Path.of(function.command().get(0)).toAbsolutePath().getParent();
        return String.valueOf(directory);
    }
}
