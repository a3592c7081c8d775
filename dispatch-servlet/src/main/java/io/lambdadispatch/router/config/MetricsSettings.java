package io.lambdadispatch.router.config;

/**
 * Where figures go.
 *
 * @param cloudWatchEnabled whether they are sent to CloudWatch
 * @param logPeriodically whether they are written to the log
 */
public record MetricsSettings(boolean cloudWatchEnabled, boolean logPeriodically) {}
