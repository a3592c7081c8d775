package io.lambdadispatch.local.fault;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.lambdadispatch.local.config.FunctionSettings;
import io.lambdadispatch.local.fault.Faults.Crash;
import io.lambdadispatch.local.function.Refusal;
import io.lambdadispatch.local.http.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Faults as {@code /local-lambda/functions/{name}/faults} takes and tells them: one flat object, absent what is off. */
public final class FaultsJson {
    private static final String REFUSE = "refuse";
    private static final String ERROR = "error";
    private static final String CRASH_DURING_INIT = "crashDuringInit";
    private static final String CRASH_AFTER = "crashAfterMs";
    private static final String CRASH_AFTER_INVOKES = "crashAfterInvokes";
    private static final String HANG_AFTER = "hangAfterMs";
    private static final String COLD_START = "coldStartMs";
    private static final String TIMEOUT = "timeoutMs";
    private static final String FREEZE = "freeze";
    private static final Crash AT_ONCE = new Crash(Duration.ZERO, 0);

    private FaultsJson() {}

    public static void write(Faults faults, JsonGenerator json) throws IOException {
        if (faults.refusal().isPresent()) {
            json.writeStringField(REFUSE, faults.refusal().get().awsName());
        }
        if (faults.error()) {
            json.writeBooleanField(ERROR, true);
        }
        if (faults.crashDuringInit()) {
            json.writeBooleanField(CRASH_DURING_INIT, true);
        }
        write(CRASH_AFTER, faults.crash().map(Crash::after), json);
        if (faults.crash().isPresent()) {
            json.writeNumberField(CRASH_AFTER_INVOKES, faults.crash().get().invokesBefore());
        }
        write(HANG_AFTER, faults.hangAfter(), json);
        write(COLD_START, faults.coldStartDelay(), json);
        write(TIMEOUT, faults.timeout(), json);
        if (faults.freeze().isPresent()) {
            json.writeBooleanField(FREEZE, faults.freeze().get());
        }
    }

    private static void write(String name, Optional<Duration> time, JsonGenerator json) throws IOException {
        if (time.isPresent()) {
            json.writeNumberField(name, time.get().toMillis());
        }
    }

    /**
     * {@code before}, changed in what {@code json} names; {@code null} switches one off.
     *
     * @throws IllegalArgumentException saying what is wrong with {@code json}
     */
    public static Faults changed(Faults before, byte[] json) {
        Faults faults = before;
        try (JsonParser parser = Json.parser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("not a JSON object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                faults = changed(faults, name, new Value(name, parser));
            }
            return faults;
        } catch (IOException e) {
            throw new IllegalArgumentException("not a JSON object: " + Json.message(e), e);
        }
    }

    private static Faults changed(Faults faults, String name, Value value) throws IOException {
        return switch (name) {
            case REFUSE -> faults.withRefusal(value.refusal());
            case ERROR -> faults.withError(value.isTrue());
            case CRASH_DURING_INIT -> faults.withCrashDuringInit(value.isTrue());
            case CRASH_AFTER -> faults.withCrash(crashAfter(faults, value.time(0)));
            case CRASH_AFTER_INVOKES -> faults.withCrash(crashAfterInvokes(faults, value.number(0, Integer.MAX_VALUE)));
            case HANG_AFTER -> faults.withHangAfter(value.time(0));
            case COLD_START -> faults.withColdStartDelay(value.time(0));
            case TIMEOUT -> faults.withTimeout(value.time(1));
            case FREEZE -> faults.withFreeze(value.yesOrNo());
            default -> throw new IllegalArgumentException("no such fault: " + name);
        };
    }

    private static Crash crashAfter(Faults faults, Duration after) {
        return after == null
                ? null
                : new Crash(after, faults.crash().orElse(AT_ONCE).invokesBefore());
    }

    private static Crash crashAfterInvokes(Faults faults, Long invokes) {
        return invokes == null ? null : new Crash(faults.crash().orElse(AT_ONCE).after(), invokes.intValue());
    }

    /** A field's value, {@code null} where the JSON has it. */
    private record Value(String name, JsonParser parser) {
        Refusal refusal() throws IOException {
            if (isNull()) {
                return null;
            }
            return Refusal.of(parser.getText())
                    .orElseThrow(() -> wrong(Arrays.stream(Refusal.values())
                            .map(Refusal::awsName)
                            .collect(Collectors.joining(", "))));
        }

        Duration time(int least) throws IOException {
            Long milliseconds = number(least, (int) FunctionSettings.LONGEST_TIMEOUT.toMillis());
            return milliseconds == null ? null : Duration.ofMillis(milliseconds);
        }

        Long number(int least, int most) throws IOException {
            if (isNull()) {
                return null;
            }
            if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT
                    || parser.getBigIntegerValue().bitLength() >= Long.SIZE
                    || parser.getLongValue() < least
                    || parser.getLongValue() > most) {
                throw wrong(String.format(Locale.ROOT, "%d to %d", least, most));
            }
            return parser.getLongValue();
        }

        boolean isTrue() {
            return Boolean.TRUE.equals(yesOrNo());
        }

        Boolean yesOrNo() {
            if (isNull()) {
                return null;
            }
            if (!parser.currentToken().isBoolean()) {
                throw wrong("true or false");
            }
            return parser.currentToken() == JsonToken.VALUE_TRUE;
        }

        private boolean isNull() {
            return parser.currentToken() == JsonToken.VALUE_NULL;
        }

        private IllegalArgumentException wrong(String expected) {
            try {
                return new IllegalArgumentException(
                        name + ": " + parser.getText() + " (expected: " + expected + ", or null)");
            } catch (IOException e) {
                return new IllegalArgumentException(name + " (expected: " + expected + ", or null)", e);
            }
        }
    }
}
