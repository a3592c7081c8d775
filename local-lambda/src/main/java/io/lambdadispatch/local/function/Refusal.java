package io.lambdadispatch.local.function;

import io.lambdadispatch.local.billing.Count;
import java.util.Arrays;
import java.util.Optional;

/**
 * Why an Invoke is not even begun: the errors of AWS that a caller has to live with.
 *
 * <p>Follows <a href="https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors">Invoke, Errors</a>
 * and, for the reasons of {@code TooManyRequestsException}, the API's {@code ThrottleReason}.
 */
public enum Refusal {
    /** 429: the account runs as many invokes as it may. */
    CONCURRENT_INVOCATION_LIMIT("ConcurrentInvocationLimitExceeded", Count.THROTTLES),
    /** 429: the function runs as many invokes as are reserved for it; also what {@code --concurrency} refuses with. */
    RESERVED_CONCURRENT_INVOCATION_LIMIT("ReservedFunctionConcurrentInvocationLimitExceeded", Count.THROTTLES),
    /** 429: too many invokes of the function in a second. */
    INVOCATION_RATE_LIMIT("FunctionInvocationRateLimitExceeded", Count.THROTTLES),
    /** 429: too many invokes in a second for what is reserved. */
    RESERVED_INVOCATION_RATE_LIMIT("ReservedFunctionInvocationRateLimitExceeded", Count.THROTTLES),
    /** 429: the caller itself is too quick. */
    CALLER_RATE_LIMIT("CallerRateLimitExceeded", Count.THROTTLES),
    /** 429: too many snapshots are being made. */
    SNAPSHOT_CREATE_LIMIT("ConcurrentSnapshotCreateLimitExceeded", Count.THROTTLES),
    /** 500: Lambda itself has failed. */
    SERVICE_ERROR("ServiceException", Count.SERVICE_ERRORS),
    /** 403: the caller lacks {@code lambda:InvokeFunction}. */
    ACCESS_DENIED("AccessDeniedException", Count.ACCESS_DENIALS),
    /** 404: the function has been deleted, say. */
    NOT_FOUND("ResourceNotFoundException", Count.NOT_FOUND);

    private final String awsName;
    private final Count count;

    Refusal(String awsName, Count count) {
        this.awsName = awsName;
        this.count = count;
    }

    /** AWS's word for it: the reason of a {@code TooManyRequestsException}, or the exception. */
    public String awsName() {
        return awsName;
    }

    /** Whether it is a {@code TooManyRequestsException}. */
    public boolean isThrottle() {
        return count == Count.THROTTLES;
    }

    /** What such refusals are counted as. */
    public Count count() {
        return count;
    }

    public static Optional<Refusal> of(String awsName) {
        return Arrays.stream(values())
                .filter(refusal -> refusal.awsName.equals(awsName))
                .findFirst();
    }
}
