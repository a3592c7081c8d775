package io.lambdadispatch.router.config;

import java.time.Duration;

/**
 * Where figures go.
 *
 * @param cloudWatchEnabled whether they are written to the standard output in CloudWatch's embedded metric format
 * @param logPeriodically whether they are written to the log
 * @param period how often, both
 */
public record MetricsSettings(boolean cloudWatchEnabled, boolean logPeriodically, Duration period) {}
