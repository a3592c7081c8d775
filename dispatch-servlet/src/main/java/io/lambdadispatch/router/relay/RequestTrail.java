package io.lambdadispatch.router.relay;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps of a request in the log: at INFO where its user has asked for it, else at DEBUG. Costs nothing where nobody reads them. */
final class RequestTrail {
    private static final Logger LOG = LoggerFactory.getLogger(RequestTrail.class);

    private RequestTrail() {}

    private static boolean isTold(RequestRecord record) {
        return record.isTraced() || LOG.isDebugEnabled();
    }

    static void arrived(RequestRecord record) {
        if (isTold(record)) {
            tell(record, record.method() + ' ' + record.target() + " for pool " + record.pool());
        }
    }

    static void assigned(RequestRecord record) {
        if (isTold(record)) {
            tell(
                    record,
                    "given to instance " + record.instance() + " channel " + record.channel() + " after "
                            + millis(record.queuedNanos()) + " ms");
        }
    }

    static void responseBegins(RequestRecord record) {
        if (isTold(record)) {
            tell(record, "response " + record.status() + " begins after " + millis(record.firstByteNanos()) + " ms");
        }
    }

    static void retried(RequestRecord record) {
        if (isTold(record)) {
            tell(record, "instance " + record.instance() + " is gone: to be sent to another one");
        }
    }

    static void ended(RequestRecord record) {
        if (isTold(record)) {
            tell(
                    record,
                    record.outcome() + " after " + millis(record.totalNanos()) + " ms: status " + record.status() + ", "
                            + record.requestBytes() + " bytes in, " + record.responseBytes() + " bytes out");
        }
    }

    private static void tell(RequestRecord record, String step) {
        String trace = record.traceId() == null ? "without a trace id" : record.traceId();
        if (record.isTraced()) {
            LOG.info("request {}: {}", trace, step);
        } else {
            LOG.debug("request {}: {}", trace, step);
        }
    }

    private static double millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMicros(nanos) / 1_000.0;
    }
}
