package io.lambdadispatch.router.metrics;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.lambdadispatch.router.config.CostSettings;
import io.lambdadispatch.router.engine.InstanceView;
import io.lambdadispatch.router.engine.InvokeOutcome;
import io.lambdadispatch.router.engine.Observation;
import io.lambdadispatch.router.engine.Pool;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * All pools at one moment, as JSON: what waits and runs, each instance, rates of the last seconds, sums since the start, cost.
 * {@code docs/observability.md} explains each member. Thread-safe.
 */
public final class StateReport {
    private static final JsonFactory JSON = new JsonFactory();

    private final PoolMetrics metrics;
    private final CostSettings cost;
    private final Clock clock;

    public StateReport(PoolMetrics metrics, CostSettings cost, Clock clock) {
        this.metrics = metrics;
        this.cost = cost;
        this.clock = clock;
    }

    /** The JSON text. */
    public String text(boolean isLeaving) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("status", isLeaving ? "leaving" : "serving");
            json.writeStringField("time", clock.instant().toString());
            prices(json);
            json.writeArrayFieldStart("pools");
            List<PoolFigures> pools = metrics.pools().stream()
                    .sorted(Comparator.comparing(pool -> pool.pool().id()))
                    .toList();
            for (PoolFigures pool : pools) {
                pool(pool, json);
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return text.append('\n').toString();
    }

    private void prices(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("prices");
        if (cost.isKnown()) {
            json.writeNumberField("functionMemoryMB", cost.memoryMegabytes().getAsInt());
        }
        json.writeNumberField("dollarsPerGBSecond", cost.perGigabyteSecond());
        json.writeNumberField("dollarsPerMillionInvokes", cost.perMillionInvokes());
        json.writeEndObject();
    }

    private static void pool(PoolFigures figures, JsonGenerator json) throws IOException {
        Pool pool = figures.pool();
        Observation books = pool.snapshot();
        Totals totals = figures.totals();
        json.writeStartObject();
        json.writeStringField("pool", pool.id());
        json.writeStringField("function", pool.settings().function());
        json.writeNumberField("queuedRequests", books.pending());
        json.writeNumberField("maxQueuedRequests", pool.settings().maxQueued());
        json.writeNumberField("runningRequests", books.running());
        json.writeNumberField("idleChannels", books.idleChannels());
        json.writeNumberField("desiredInstances", pool.desired());
        json.writeNumberField("maxInstances", pool.settings().maxInstances());
        json.writeNumberField("maxConcurrentCount", pool.settings().maxConcurrent());
        failure(pool, json);
        lastFailure(figures, json);
        instances(pool, json);
        recent(figures.recent(totals), json);
        totals(figures, totals, json);
        json.writeEndObject();
    }

    private static void failure(Pool pool, JsonGenerator json) throws IOException {
        Optional<InvokeOutcome.Failed> failure = pool.failure();
        if (failure.isPresent()) {
            json.writeStringField("startsFail", failure.get().reason().name());
            json.writeStringField("startsFailMessage", failure.get().message());
            json.writeNumberField("nextStartInMs", millis(pool.retryAfterNanos()));
        }
    }

    private static void lastFailure(PoolFigures figures, JsonGenerator json) throws IOException {
        Optional<PoolFigures.LastFailure> last = figures.lastFailure();
        if (last.isPresent()) {
            InvokeOutcome.Failed failed = last.get().failed();
            json.writeObjectFieldStart("lastInvokeFailure");
            json.writeStringField("reason", failed.reason().name());
            json.writeStringField("message", failed.message());
            json.writeNumberField("agoMs", millis(figures.now() - last.get().atNanos()));
            json.writeEndObject();
        }
    }

    private static void instances(Pool pool, JsonGenerator json) throws IOException {
        List<InstanceView> oldestFirst = pool.instances().stream()
                .sorted(Comparator.comparingLong(InstanceView::ageNanos).reversed())
                .toList();
        json.writeArrayFieldStart("instances");
        for (InstanceView instance : oldestFirst) {
            json.writeStartObject();
            json.writeStringField("id", instance.id());
            json.writeStringField("state", PoolFigures.name(instance.state()));
            json.writeBooleanField("expiring", instance.isExpiring());
            json.writeNumberField("running", instance.running());
            json.writeNumberField("idleChannels", instance.idleChannels());
            json.writeNumberField("answered", instance.answered());
            json.writeNumberField("ageMs", millis(instance.ageNanos()));
            if (instance.leavesInNanos().isPresent()) {
                json.writeNumberField(
                        "leavesInMs", millis(instance.leavesInNanos().getAsLong()));
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void recent(Totals period, JsonGenerator json) throws IOException {
        double seconds = Totals.seconds(period.nanos());
        json.writeObjectFieldStart("recent");
        json.writeNumberField("seconds", seconds);
        if (seconds > 0) {
            json.writeNumberField("requestsPerSecond", period.flow().arrivals() / seconds);
            json.writeNumberField("bytesInPerSecond", period.counts().bytesIn() / seconds);
            json.writeNumberField("bytesOutPerSecond", period.counts().bytesOut() / seconds);
            spread("waitMs", period.waiting(), json);
            spread("durationMs", period.duration(), json);
        }
        json.writeEndObject();
    }

    private static void spread(String name, Spread spread, JsonGenerator json) throws IOException {
        if (spread.isEmpty()) {
            return;
        }
        json.writeObjectFieldStart(name);
        json.writeNumberField("mean", spread.meanMillis());
        json.writeNumberField("p50", spread.percentileMillis(50));
        json.writeNumberField("p99", spread.percentileMillis(99));
        json.writeEndObject();
    }

    private static void totals(PoolFigures figures, Totals totals, JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("totals");
        json.writeNumberField("requests", totals.flow().arrivals());
        counts("ended", totals.outcomes(), json);
        json.writeNumberField("retries", totals.counts().retries());
        json.writeNumberField("bytesIn", totals.counts().bytesIn());
        json.writeNumberField("bytesOut", totals.counts().bytesOut());
        json.writeNumberField("invokes", totals.counts().invokes());
        counts("invokeFailures", totals.failures(), json);
        json.writeNumberField("billedMs", millis(totals.billedNanos()));
        json.writeNumberField("plainBilledMs", Math.round(1_000 * Totals.plainBilledSeconds(totals.flow())));
        if (figures.cost().isKnown()) {
            json.writeNumberField("dollars", figures.dollars());
            json.writeNumberField("plainDollars", figures.plainDollars());
        }
        json.writeEndObject();
    }

    private static void counts(String name, Map<String, Long> counts, JsonGenerator json) throws IOException {
        json.writeObjectFieldStart(name);
        for (Map.Entry<String, Long> count : counts.entrySet()) {
            json.writeNumberField(count.getKey(), count.getValue());
        }
        json.writeEndObject();
    }

    private static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }
}
