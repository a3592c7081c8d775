package io.lambdadispatch.router.tracing;

import io.opentelemetry.api.common.AttributeKey;

/** What only this router knows of a request. */
final class DispatchAttributes {
    static final AttributeKey<String> POOL = AttributeKey.stringKey("lambda_dispatch.pool");
    static final AttributeKey<String> INSTANCE = AttributeKey.stringKey("lambda_dispatch.instance");
    static final AttributeKey<String> CHANNEL = AttributeKey.stringKey("lambda_dispatch.channel");
    static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("lambda_dispatch.outcome");
    static final AttributeKey<Double> QUEUE_WAIT = AttributeKey.doubleKey("lambda_dispatch.queue_wait_ms");
    static final AttributeKey<Long> RETRIES = AttributeKey.longKey("lambda_dispatch.retries");

    private DispatchAttributes() {}
}
