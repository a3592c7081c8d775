package io.lambdadispatch.router.servlet.war;

import java.util.Locale;
import java.util.Optional;
import java.util.function.LongPredicate;
import java.util.function.Predicate;

/**
 * What a setting of the container should be.
 *
 * @param wanted for operators, to write in its place
 * @param otherwise what happens when it is not
 */
record Expectation(String property, Predicate<String> holds, String wanted, String otherwise) {

    static Expectation is(String property, String value, String otherwise) {
        return new Expectation(property, value::equalsIgnoreCase, value, otherwise);
    }

    /** Of a text that is a set of characters. */
    static Expectation contains(String property, String characters, String otherwise) {
        return new Expectation(
                property,
                text -> characters.chars().allMatch(wanted -> text.indexOf(wanted) >= 0),
                characters,
                otherwise);
    }

    static Expectation atLeast(String property, long least, String otherwise) {
        return number(property, value -> value >= least, least + " or more", otherwise);
    }

    /** Of a limit that is none when it is negative. */
    static Expectation atLeastOrNone(String property, long least, String otherwise) {
        return number(property, value -> value < 0 || value >= least, "-1, or " + least + " and more", otherwise);
    }

    private static Expectation number(String property, LongPredicate holds, String wanted, String otherwise) {
        return new Expectation(property, text -> holds.test(Long.parseLong(text)), wanted, otherwise);
    }

    /** A sentence when it is not met; empty when it is, or when the part does not tell. */
    Optional<String> check(Part part) {
        return part.text(property).filter(this::isWrong).map(value -> "%s of its %s is %s, should be %s: %s"
                .formatted(
                        property,
                        part.name(),
                        value.isEmpty() ? "not set" : value.toLowerCase(Locale.ROOT),
                        wanted,
                        otherwise));
    }

    private boolean isWrong(String value) {
        try {
            return !holds.test(value);
        } catch (NumberFormatException e) {
            return false;
        }
    }
}
