package io.lambdadispatch.protocol;

/** Reads the trace id out of {@code traceparent} (W3C Trace Context) and {@code X-Amzn-Trace-Id} (AWS X-Ray). */
public final class TraceField {
    private static final int VERSION_SIZE = 2;
    private static final int TRACE_SIZE = 32;
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
        if (value == null) {
            return null;
        }
        int root = value.indexOf(ROOT);
        return root < 0 ? ofParent(value) : ofRoot(value, root + ROOT.length());
    }

    private static String ofParent(String value) {
        int from = VERSION_SIZE + 1;
        int to = from + TRACE_SIZE;
        boolean isOne = value.length() > to
                && value.charAt(VERSION_SIZE) == '-'
                && value.charAt(to) == '-'
                && isHex(value, from, to);
        return isOne ? value.substring(from, to) : null;
    }

    private static boolean isHex(String value, int from, int to) {
        for (int i = from; i < to; i++) {
            if (Character.digit(value.charAt(i), 16) < 0 || value.charAt(i) > 'f') {
                return false;
            }
        }
        return true;
    }

    private static String ofRoot(String value, int from) {
        int to = from;
        while (to < value.length() && (value.charAt(to) == '-' || isHex(value, to, to + 1))) {
            to++;
        }
        boolean isOne = to > from && to - from <= LONGEST_ROOT && (to == value.length() || value.charAt(to) == ';');
        return isOne ? value.substring(from, to) : null;
    }
}
