package io.lambdadispatch.protocol;

/**
 * Reads the trace id out of {@code traceparent} (W3C Trace Context §3.2) and {@code X-Amzn-Trace-Id} (AWS X-Ray). What is not
 * well-formed counts as if it were not there.
 */
public final class TraceField {
    private static final int TRACE_FROM = 3;
    private static final int TRACE_TO = TRACE_FROM + 32;
    private static final int PARENT_FROM = TRACE_TO + 1;
    private static final int PARENT_TO = PARENT_FROM + 16;
    private static final int FLAGS_FROM = PARENT_TO + 1;
    private static final int PARENT_SIZE = FLAGS_FROM + 2;
    private static final String ROOT = "Root=";
    private static final int LONGEST_ROOT = 64;

    private TraceField() {}

    /**
     * The trace id in a value of either field: 32 hexadecimal digits, or {@code 1-5759e988-bd862e3fe1be46a994272793}.
     *
     * @param value may be {@code null}
     * @return only letters, digits and hyphens, so it may stand in a log as it is; {@code null} when there is none
     */
    public static String id(String value) {
        if (isParent(value)) {
            return value.substring(TRACE_FROM, TRACE_TO);
        }
        return isRoot(value) ? value.substring(rootFrom(value), rootTo(value)) : null;
    }

    /**
     * The one of both fields that holds the request's trace id: {@code traceparent}, if it is well-formed.
     *
     * @param parent value of {@code traceparent}, or {@code null}
     * @param amazon value of {@code X-Amzn-Trace-Id}, or {@code null}
     * @return {@code null} when neither does
     */
    public static String either(String parent, String amazon) {
        if (isParent(parent)) {
            return parent;
        }
        return isRoot(amazon) ? amazon : null;
    }

    /** Digits are lower-case, ids not all zeroes; a later version may have more behind another hyphen. */
    private static boolean isParent(String value) {
        return value != null
                && hasSizeOfItsVersion(value)
                && isHex(value, 0, TRACE_FROM - 1)
                && !value.startsWith("ff")
                && value.charAt(TRACE_FROM - 1) == '-'
                && isId(value, TRACE_FROM, TRACE_TO)
                && value.charAt(TRACE_TO) == '-'
                && isId(value, PARENT_FROM, PARENT_TO)
                && value.charAt(PARENT_TO) == '-'
                && isHex(value, FLAGS_FROM, PARENT_SIZE);
    }

    private static boolean hasSizeOfItsVersion(String value) {
        boolean isLonger = value.length() > PARENT_SIZE && value.charAt(PARENT_SIZE) == '-' && !value.startsWith("00");
        return value.length() == PARENT_SIZE || isLonger;
    }

    private static boolean isId(String value, int from, int to) {
        boolean isZero = true;
        for (int i = from; i < to; i++) {
            isZero &= value.charAt(i) == '0';
        }
        return !isZero && isHex(value, from, to);
    }

    private static boolean isHex(String value, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!isHex(value.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isHex(char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    }

    private static boolean isRoot(String value) {
        if (value == null || !value.contains(ROOT)) {
            return false;
        }
        int from = rootFrom(value);
        int to = rootTo(value);
        return to > from && to - from <= LONGEST_ROOT && (to == value.length() || value.charAt(to) == ';');
    }

    private static int rootFrom(String value) {
        return value.indexOf(ROOT) + ROOT.length();
    }

    private static int rootTo(String value) {
        int to = rootFrom(value);
        while (to < value.length() && (value.charAt(to) == '-' || isHex(Character.toLowerCase(value.charAt(to))))) {
            to++;
        }
        return to;
    }
}
