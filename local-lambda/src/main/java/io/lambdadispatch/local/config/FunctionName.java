package io.lambdadispatch.local.config;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name by which a caller asks for a function: a name, {@code name:qualifier}, a partial or a full ARN. Region and
 * account of an ARN are read and ignored, since there is only one of each here.
 *
 * <p>Follows <a href="https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html">Invoke</a>, {@code FunctionName}.
 *
 * @param name the plain name of the function
 * @param qualifier version or alias, or {@code null} when none was given
 */
public record FunctionName(String name, String qualifier) {
    public static final String REGION = "us-east-1";
    public static final String LATEST = "$LATEST";
    public static final String ACCOUNT = "000000000000";
    private static final Pattern FORM = Pattern.compile("(?:arn:aws[a-zA-Z-]*:lambda:)?(?:[a-z]{2}(?:-[a-z]+)+-\\d:)?"
            + "(?:\\d{12}:)?(?:function:)?([a-zA-Z0-9-_.]+)(?::(\\$LATEST|[a-zA-Z0-9-_]+))?");

    /** The name that {@code text} means, or nothing when AWS would not take it either. */
    public static Optional<FunctionName> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        return matcher.matches() ? Optional.of(new FunctionName(matcher.group(1), matcher.group(2))) : Optional.empty();
    }

    public boolean contradicts(String otherQualifier) {
        return qualifier != null && otherQualifier != null && !qualifier.equals(otherQualifier);
    }

    public FunctionName qualifiedBy(String otherQualifier) {
        return otherQualifier == null ? this : new FunctionName(name, otherQualifier);
    }

    public String arn() {
        String unqualified = "arn:aws:lambda:" + REGION + ":" + ACCOUNT + ":function:" + name;
        return qualifier == null ? unqualified : unqualified + ":" + qualifier;
    }

    /** The version that runs: a number means itself; an alias, like no qualifier, points to {@code $LATEST} here. */
    public String executedVersion() {
        return qualifier != null && qualifier.chars().allMatch(Character::isDigit) ? qualifier : LATEST;
    }
}
