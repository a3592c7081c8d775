package io.lambdadispatch.jetty;

import io.lambdadispatch.router.config.ConfigException;
import io.lambdadispatch.router.config.ConfigSources;
import io.lambdadispatch.router.config.EffectiveSetting;
import io.lambdadispatch.router.config.FleetSettings;
import io.lambdadispatch.router.config.RouterConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/**
 * {@code bin/router check}: says where each setting comes from and what a router would do with them. It goes as far as a router
 * that starts can go without being noticed: opens its ports, its key store and its address, accepts nobody, invokes nothing.
 */
final class CheckCommand {
    private final ConfigSources sources;
    private final PrintStream out;
    private final PrintStream err;

    CheckCommand(ConfigSources sources, PrintStream out, PrintStream err) {
        this.sources = sources;
        this.out = out;
        this.err = err;
    }

    /** The exit code. */
    int run() throws Exception {
        tell(RouterConfig.explain(sources));
        try {
            RouterConfig config = RouterConfig.from(sources);
            config.warnings().forEach(warning -> out.println("warning: " + warning));
            RouterServer router = RouterServer.prepare(config);
            try {
                tell(config, router);
            } finally {
                router.stop();
            }
            return RouterCommand.DONE;
        } catch (ConfigException e) {
            err.println(e.getMessage());
            return RouterCommand.MISUSED;
        } catch (IOException e) {
            err.println("the settings are right, but a router could not start here now: " + e.getMessage());
            return RouterCommand.FAILED;
        }
    }

    private void tell(List<EffectiveSetting> settings) {
        int nameWidth = width(settings.stream().map(EffectiveSetting::name).toList());
        int valueWidth = width(settings.stream().map(EffectiveSetting::value).toList());
        String format = "%-" + nameWidth + "s  %-" + valueWidth + "s  %s%n";
        settings.forEach(setting -> out.printf(format, setting.name(), setting.value(), setting.origin()));
        out.println();
    }

    private static int width(List<String> texts) {
        return texts.stream().mapToInt(String::length).max().orElse(1);
    }

    private void tell(RouterConfig config, RouterServer router) {
        FleetSettings fleet = config.fleet();
        out.println("A router with these settings would");
        out.println("- listen on " + config.listen().bindAddress() + ": " + router.ports());
        out.println("- start instances of " + config.function() + " through "
                + config.lambdaServiceUrl().map(Object::toString).orElse("AWS's own endpoint")
                + ", and be called back at " + router.callback());
        out.println("- send up to " + fleet.maxConcurrentCount() + " requests at once to each, over "
                + fleet.channelCount() + " channels");
        out.println("- have " + fleet.minInstances() + " to " + fleet.maxInstances() + " instances, as "
                + fleet.scalingAlgorithm().name().toLowerCase(Locale.ROOT) + " scaling finds right");
    }
}
