package io.lambdadispatch.local;

import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Takes {@code --idle-timeout} from {@code LOCAL_LAMBDA_IDLE_TIMEOUT} when the command line does not say it. */
final class EnvironmentDefaults implements IDefaultValueProvider {
    private final Map<String, String> environment;

    EnvironmentDefaults(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public String defaultValue(ArgSpec argument) {
        if (!(argument instanceof OptionSpec option)) {
            return null;
        }
        String name = option.longestName().replaceFirst("^--", "");
        return environment.get("LOCAL_LAMBDA_" + name.replace('-', '_').toUpperCase(Locale.ROOT));
    }
}
