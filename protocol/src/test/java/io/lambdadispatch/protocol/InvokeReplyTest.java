package io.lambdadispatch.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.WithNull;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InvokeReplyTest {
    private static InvokeReply read(String json) throws IOException {
        return InvokeReply.fromJson(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
    }

    @Property
    void whatIsWrittenIsRead(
            @ForAll @WithNull @AlphaChars String poolId,
            @ForAll @WithNull @AlphaChars String id,
            @ForAll long requests,
            @ForAll long duration,
            @ForAll @WithNull @AlphaChars String reason)
            throws IOException {
        InvokeReply reply = new InvokeReply(poolId, id, requests, duration, reason);
        assertEquals(reply, InvokeReply.fromJson(new ByteArrayInputStream(reply.toJson())));
    }

    @Test
    void namesAreThoseOfTheWire() {
        assertEquals(
                "{\"PoolId\":\"default\",\"Id\":\"i-1\",\"RequestCount\":3,\"InvokeDuration\":900,"
                        + "\"ExitReason\":\"SelfLastActive\"}",
                new String(
                        new InvokeReply("default", "i-1", 3, 900, ExitReason.SELF_LAST_ACTIVE).toJson(),
                        StandardCharsets.UTF_8));
    }

    @Test
    void unknownFieldsAndReasonsSurvive() throws IOException {
        InvokeReply reply = read("""
                {"New": {"Id": "decoy"}, "Id": "i-1", "ExitReason": "SomethingNew", "RequestCount": null}""");
        assertEquals(new InvokeReply(null, "i-1", 0, 0, "SomethingNew"), reply);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "\"ok\"",
                "[]",
                "{\"Id\": \"i-1\"",
                "{\"Id\": \"i-1\"}{}",
                "{\"Id\": {\"Id\": \"i-1\"}}",
                "{\"Id\": 1}",
                "{\"RequestCount\": \"3\"}",
                "{\"InvokeDuration\": [900]}",
                "{\"ExitReason\": true}"
            })
    void anythingButOneObjectOfTheRightTypesIsRefused(String json) {
        assertThrows(ProtocolException.class, () -> read(json));
    }
}
