package io.lambdadispatch.router.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Where settings come from: environment over system properties over init-params of web.xml. Case and underscores in the
 * names of environment variables and system properties do not matter, so that {@code LAMBDA_DISPATCH_FunctionName} and
 * {@code LAMBDA_DISPATCH_FUNCTION_NAME} are the same. Empty text counts as not set, because that is what a template leaves
 * behind when it has no value. Immutable copies of what was there when it was made.
 */
public final class ConfigSources {
    static final String VARIABLE_PREFIX = "LAMBDA_DISPATCH_";
    static final String PROPERTY_PREFIX = "lambda.dispatch.";

    private final Map<String, String> environment;
    private final Map<String, String> system;
    private final Map<String, Value> ownVariables;
    private final Map<String, Value> ownProperties;
    private final Function<String, String> initParams;
    private final List<String> ambiguities = new ArrayList<>();

    /**
     * A setting's text.
     *
     * @param name as the source spells it
     * @param source for operators, such as "environment variable LAMBDA_DISPATCH_FunctionName"
     */
    record Value(String name, String text, String source) {}

    private ConfigSources(
            Map<String, String> environment, Map<String, String> system, Function<String, String> initParams) {
        this.environment = environment;
        this.system = system;
        this.initParams = initParams;
        this.ownVariables = own(environment, "environment variable ", VARIABLE_PREFIX);
        this.ownProperties = own(system, "system property ", PROPERTY_PREFIX, VARIABLE_PREFIX);
    }

    /**
     * The three sources, strongest first.
     *
     * @param environment variables by name
     * @param system system properties
     * @param initParams a web application's init-param of that name, or {@code null}
     */
    public static ConfigSources of(
            Map<String, String> environment, Properties system, Function<String, String> initParams) {
        Map<String, String> properties = new TreeMap<>();
        for (String name : system.stringPropertyNames()) {
            properties.put(name, system.getProperty(name));
        }
        return new ConfigSources(new TreeMap<>(environment), properties, initParams);
    }

    /** This process's environment and system properties; for a router without a web.xml. */
    public static ConfigSources ofProcess() {
        return of(System.getenv(), System.getProperties(), name -> null);
    }

    private Map<String, Value> own(Map<String, String> all, String kind, String... prefixes) {
        Map<String, Value> own = new HashMap<>();
        all.forEach((name, text) -> {
            for (String prefix : prefixes) {
                if (name.regionMatches(true, 0, prefix, 0, prefix.length()) && !text.isBlank()) {
                    Value value = new Value(name, text.strip(), kind + name);
                    Value first = own.putIfAbsent(canonical(name.substring(prefix.length())), value);
                    if (first != null && !first.text().equals(value.text())) {
                        ambiguities.add(value.source() + " is ignored: " + first.source() + " sets the same");
                    }
                }
            }
        });
        return own;
    }

    private static String canonical(String name) {
        return name.replace("_", "").toLowerCase(Locale.ROOT);
    }

    /** The text of one of our settings, from the first source that has it. */
    Optional<Value> find(String name) {
        String key = canonical(name);
        return Optional.ofNullable(ownVariables.get(key))
                .or(() -> Optional.ofNullable(ownProperties.get(key)))
                .or(() -> value(initParams.apply(name), name, "init-param "));
    }

    /** The text of a setting that has its name from others and is spelled exactly so everywhere. */
    Optional<Value> findUnprefixed(String name) {
        return value(environment.get(name), name, "environment variable ")
                .or(() -> value(system.get(name), name, "system property "))
                .or(() -> value(initParams.apply(name), name, "init-param "));
    }

    private static Optional<Value> value(String text, String name, String kind) {
        return text == null || text.isBlank()
                ? Optional.empty()
                : Optional.of(new Value(name, text.strip(), kind + name));
    }

    /** What looks like a setting and is none, and what is said twice; each a sentence for operators. */
    List<String> oddities(Set<String> routerNames, Set<String> clientNames) {
        List<String> oddities = new ArrayList<>(ambiguities);
        Map<String, String> known = new HashMap<>();
        routerNames.forEach(name -> known.put(canonical(name), name));
        Map<String, String> clients = new HashMap<>();
        clientNames.forEach(name -> clients.put(canonical(name), name));
        for (Map<String, Value> own : List.of(ownVariables, ownProperties)) {
            new TreeMap<>(own).forEach((key, value) -> {
                if (!known.containsKey(key) && !clients.containsKey(key)) {
                    String nearest = known.get(NearestName.of(key, known.keySet()));
                    oddities.add(value.source() + " is no setting (nearest: " + nearest + ')');
                }
            });
        }
        return oddities;
    }
}
