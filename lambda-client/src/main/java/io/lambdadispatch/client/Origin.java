package io.lambdadispatch.client;

/** Which instance a request came through, as the app is told. */
record Origin(String poolId, String lambdaId) {}
