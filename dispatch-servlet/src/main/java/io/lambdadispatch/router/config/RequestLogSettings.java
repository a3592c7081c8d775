package io.lambdadispatch.router.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What is logged of users' requests.
 *
 * @param format of the access log
 * @param path the file that lines are appended to; empty: the standard output
 * @param newTrace what a request without a trace id is given
 * @param allowDebugHeader whether a user may have each step of their request logged
 */
public record RequestLogSettings(
        AccessLogFormat format, Optional<Path> path, TraceHeader newTrace, boolean allowDebugHeader) {}
