package io.lambdadispatch.router.config;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Lambda function as AWS Lambda's {@code Invoke} takes it (parameter {@code FunctionName}): a name, a partial ARN or an
 * ARN, each with or without a qualifier. Equal only when written the same way.
 *
 * @param text as it was written, to be handed to {@code Invoke} unchanged
 * @param name the function's name alone
 * @param qualifier version, alias or {@code $LATEST}, when the text names one
 * @param region when the text is a full ARN; the function can be invoked nowhere else
 * @see <a href="https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html">Invoke</a>
 */
public record LambdaFunction(String text, String name, Optional<String> qualifier, Optional<String> region) {
    static final String ALLOWED = "name, name:qualifier, account-id:function:name or"
            + " arn:aws:lambda:region:account-id:function:name[:qualifier]";

    private static final Pattern PATTERN =
            Pattern.compile("(?:(?:arn:aws[a-z-]*:lambda:(?<region>[a-z]{2}(?:-[a-z]+)+-\\d):)?\\d{12}:function:)?"
                    + "(?<name>[A-Za-z0-9_-]{1,64})(?::(?<qualifier>\\$LATEST|[A-Za-z0-9_-]{1,128}))?");

    /**
     * Reads what {@code Invoke} would take.
     *
     * @throws IllegalArgumentException when the text names no function; says what would
     */
    public static LambdaFunction parse(String text) {
        return tryParse(text)
                .orElseThrow(() ->
                        new IllegalArgumentException("Lambda function: " + text + " (expected: " + ALLOWED + ')'));
    }

    /** Whether {@code Invoke} would take that. */
    public static boolean isOne(String text) {
        return tryParse(text).isPresent();
    }

    static Optional<LambdaFunction> tryParse(String text) {
        Matcher matcher = PATTERN.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        return Optional.of(new LambdaFunction(
                text,
                matcher.group("name"),
                Optional.ofNullable(matcher.group("qualifier")),
                Optional.ofNullable(matcher.group("region"))));
    }

    /** As it was written. */
    @Override
    public String toString() {
        return text;
    }
}
