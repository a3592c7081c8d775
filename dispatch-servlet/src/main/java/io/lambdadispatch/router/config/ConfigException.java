package io.lambdadispatch.router.config;

import java.util.List;

/** The router cannot start as it is configured. The message lists every fault, one a line, so that one restart mends all. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final List<String> faults;

    /**
     * @param faults each as {@code name: value (expected: …)}; at least one
     */
    public ConfigException(List<String> faults) {
        super(message(faults));
        this.faults = List.copyOf(faults);
    }

    private static String message(List<String> faults) {
        String heading =
                faults.size() == 1 ? "1 fault in the configuration:" : faults.size() + " faults in the configuration:";
        return heading + "\n  " + String.join("\n  ", faults);
    }

    /** What is wrong, each as {@code name: value (expected: …)}. */
    public List<String> faults() {
        return faults;
    }
}
