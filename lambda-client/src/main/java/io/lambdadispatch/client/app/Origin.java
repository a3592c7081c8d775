package io.lambdadispatch.client.app;

/** Which instance a request came through, as the app is told. */
public record Origin(String poolId, String lambdaId) {}
