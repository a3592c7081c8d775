package io.lambdadispatch.protocol;

import java.util.Optional;

/** Why a client ended an invoke, worst first: of several reasons the worst one seen is told. */
public enum ExitReason {
    ROUTER_LAMBDA_INVOKE_INVALID("RouterLambdaInvokeInvalid"),
    ROUTER_UNREACHABLE("RouterUnreachable"),
    ROUTER_CONNECTION_ERROR("RouterConnectionError"),
    CHANNEL_ERROR_OTHER("ChannelErrorOther"),
    APP_CONNECTION_ERROR("AppConnectionError"),
    APP_CONNECTION_CLOSED("AppConnectionClosed"),
    ROUTER_STATUS_5XX("RouterStatus5xx"),
    ROUTER_STATUS_4XX("RouterStatus4xx"),
    ROUTER_STATUS_OTHER("RouterStatusOther"),
    ROUTER_GO_AWAY("RouterGoAway"),
    SELF_LAST_ACTIVE("SelfLastActive"),
    SELF_DEADLINE("SelfDeadline"),
    SELF_STALE_REQUEST("SelfStaleRequest"),
    SELF_INIT_ONLY("SelfInitOnly");

    private final String wireName;

    ExitReason(String wireName) {
        this.wireName = wireName;
    }

    /** The name in the reply's JSON. */
    public String wireName() {
        return wireName;
    }

    /** The worse of the two; {@code null} is better than any reason. */
    public static ExitReason worse(ExitReason a, ExitReason b) {
        if (a == null) {
            return b;
        }
        return b == null || a.compareTo(b) <= 0 ? a : b;
    }

    /** Empty for a name that this version does not know. */
    public static Optional<ExitReason> ofWireName(String name) {
        for (ExitReason reason : values()) {
            if (reason.wireName.equals(name)) {
                return Optional.of(reason);
            }
        }
        return Optional.empty();
    }

    /** The reason that a router's answer to a control request stands for. */
    public static ExitReason ofRouterStatus(int status) {
        if (status == 409) {
            return ROUTER_GO_AWAY;
        }
        if (status >= 400 && status < 500) {
            return ROUTER_STATUS_4XX;
        }
        return status >= 500 && status < 600 ? ROUTER_STATUS_5XX : ROUTER_STATUS_OTHER;
    }
}
