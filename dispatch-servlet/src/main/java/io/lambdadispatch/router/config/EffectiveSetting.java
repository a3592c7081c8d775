package io.lambdadispatch.router.config;

/**
 * What a setting comes to, for people who wonder where it comes from.
 *
 * @param name of the setting
 * @param value as it was written, or what counts when it was not; that of a secret is hidden
 * @param origin such as "environment variable LAMBDA_DISPATCH_FunctionName", or "default"
 */
public record EffectiveSetting(String name, String value, String origin) {}
