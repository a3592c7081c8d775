package io.lambdadispatch.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lambdadispatch.protocol.ControlPath.Action;
import java.util.Optional;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.NumericChars;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ControlPathTest {
    @Property
    void theShortFormIsWrittenAndRead(
            @ForAll Action action,
            @ForAll @NotEmpty @AlphaChars @NumericChars @Chars('-') String lambda,
            @ForAll @NotEmpty @AlphaChars @NumericChars @Chars('-') String channel) {
        ControlPath path = new ControlPath(action, null, lambda, action == Action.REQUEST ? channel : null);
        assertEquals(Optional.of(path), ControlPath.parse(path.toPath()));
    }

    @Property
    void theLongFormIsRead(
            @ForAll Action action,
            @ForAll @NotEmpty @AlphaChars String pool,
            @ForAll @NotEmpty @AlphaChars String lambda,
            @ForAll @NotEmpty @AlphaChars String channel) {
        String name = action.name().toLowerCase(java.util.Locale.ROOT);
        String path = "/api/chunked/" + name + "/poolId/" + pool + "/lambdaId/" + lambda;
        boolean isChannel = action == Action.REQUEST;
        assertEquals(
                Optional.of(new ControlPath(action, pool, lambda, isChannel ? channel : null)),
                ControlPath.parse(isChannel ? path + "/channelId/" + channel : path));
    }

    @Property
    void anyPathIsReadOrPassedOver(@ForAll String path) {
        Assume.that(!path.startsWith(ControlPath.PREFIX));
        assertEquals(Optional.empty(), ControlPath.parse(path));
    }

    @ParameterizedTest
    @CsvSource({
        "/api/chunked/request/i-1/c-1, REQUEST",
        "/api/chunked/ping/i-1, PING",
        "/api/chunked/close/i-1, CLOSE",
        "/api/chunked/close/poolId/p/lambdaId/i-1, CLOSE"
    })
    void theActionIsNamedByItsSegment(String path, Action action) {
        assertEquals(action, ControlPath.parse(path).orElseThrow().action());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/api/chunked",
                "/api/chunked/",
                "/api/chunkedrequest/i-1/c-1",
                "/api/chunked/open/i-1",
                "/api/chunked/Request/i-1/c-1",
                "/api/chunked/request",
                "/api/chunked/request/i-1",
                "/api/chunked/request/i-1/",
                "/api/chunked/request//c-1",
                "/api/chunked/request/i-1/c-1/",
                "/api/chunked/ping",
                "/api/chunked/ping/",
                "/api/chunked/ping/i-1/",
                "/api/chunked/ping/i-1/c-1",
                "/api/chunked/ping/poolId/p/lambdaId",
                "/api/chunked/ping/poolId/p/lambdaId/",
                "/api/chunked/ping/poolId//lambdaId/i-1",
                "/api/chunked/ping/poolId/p/lambdaId/i-1/channelId/c-1",
                "/api/chunked/request/poolId/p/lambdaId/i-1",
                "/api/chunked/request/poolId/p/lambdaId/i-1/c-1",
                "/api/chunked/request/poolId/p/lambdaId/i-1/other/c-1",
                "/x/api/chunked/ping/i-1"
            })
    void nothingElseIsAControlPath(String path) {
        assertEquals(Optional.empty(), ControlPath.parse(path));
    }
}
