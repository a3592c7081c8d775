package io.lambdadispatch.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lambdadispatch.jetty.kit.EmbeddedRequest;
import io.lambdadispatch.jetty.kit.FakeLambda;
import io.lambdadispatch.jetty.kit.Rig;
import io.lambdadispatch.jetty.kit.ScriptedChannel;
import io.lambdadispatch.jetty.kit.ScriptedInstance;
import io.lambdadispatch.testkit.RawUser;
import io.lambdadispatch.testkit.RawUser.Answer;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Users who ask for a function of their own choice. What protects the router from them is what issue 155 of the system that this one
 * re-implements asks for.
 */
class NamedPoolsTest {
    private static final String ARN = "arn:aws:lambda:eu-west-1:123456789012:function:shop-blue:live";

    /** A request with these fields, each {@code Name: value}. */
    private static RawUser ask(Rig rig, String... fields) throws IOException {
        StringBuilder head = new StringBuilder("GET /p HTTP/1.1\r\nHost: h\r\n");
        for (String field : fields) {
            head.append(field).append("\r\n");
        }
        return rig.user().send(head.append("\r\n").toString());
    }

    private static int status(Rig rig, String... fields) throws IOException {
        return ask(rig, fields).readAnswer().status();
    }

    @ParameterizedTest
    @ValueSource(strings = {"shop-blue", "shop-blue:live", ARN, "123456789012:function:shop-blue"})
    void anAllowedFunctionServesItsOwnRequests(String name) throws Exception {
        try (Rig rig = Rig.warm("AllowedLambdaNames", ".*shop-[a-z]+(:live)?")) {
            RawUser user = ask(rig, "X-Lambda-Name: " + name, "X-Else: kept");
            FakeLambda.Invoke invoke = rig.lambda().nextInvoke();
            assertEquals(name, invoke.function());
            assertEquals(name, invoke.request().poolIdOrDefault());
            ScriptedInstance blue = rig.keep(ScriptedInstance.of(invoke));
            // A channel of the default pool's instance is not for him.
            ScriptedChannel other = rig.instance().open();
            ScriptedChannel channel = blue.open();
            EmbeddedRequest request = channel.awaitRequest();
            assertEquals("/p", request.target());
            assertEquals(List.of("kept"), request.values("X-Else"));
            assertEquals(List.of(), request.values("X-Lambda-Name"));
            channel.ok("from blue");
            assertEquals("from blue", user.readAnswer().text());
            assertFalse(other.hasRequest());
        }
    }

    @Test
    void poolsOfTwoFunctionsHaveQueuesOfTheirOwn() throws Exception {
        try (Rig rig = Rig.warm("AllowedLambdaNames", "shop-.*", "MaxQueuedRequests", "1")) {
            RawUser blue = ask(rig, "X-Lambda-Name: shop-blue");
            FakeLambda.Invoke blueInvoke = rig.lambda().nextInvoke();
            RawUser green = ask(rig, "X-Lambda-Name: shop-green");
            FakeLambda.Invoke greenInvoke = rig.lambda().nextInvoke();
            assertEquals(503, status(rig, "X-Lambda-Name: shop-green"), "its queue is full");
            rig.keep(ScriptedInstance.of(greenInvoke)).open().serve("green");
            assertEquals("green", green.readAnswer().text());
            rig.keep(ScriptedInstance.of(blueInvoke)).open().serve("blue");
            assertEquals("blue", blue.readAnswer().text());
        }
    }

    @Test
    void theConfiguredFunctionMayAlwaysBeNamed() throws Exception {
        try (Rig rig = Rig.warm()) {
            RawUser user = ask(rig, "X-Lambda-Name: f");
            rig.awaitPending(1);
            rig.instance().open().serve("the default pool's");
            assertEquals("the default pool's", user.readAnswer().text());
        }
    }

    @Test
    void noOtherMayBeNamedUnlessTheConfigurationSaysSo() throws Exception {
        try (Rig rig = Rig.cold()) {
            assertEquals(403, status(rig, "X-Lambda-Name: g"));
            assertEquals(403, status(rig, "X-Lambda-Name: "));
        }
    }

    @ParameterizedTest
    @CsvSource({"shop-blue2,403", "a-shop-blue,403", "../x,403", "shop-\u00e9,403"})
    void aNameMustMatchAsAWhole(String name, int status) throws Exception {
        try (Rig rig = Rig.cold("AllowedLambdaNames", "shop-[a-z]+")) {
            assertEquals(status, status(rig, "X-Lambda-Name: " + name));
        }
    }

    @Test
    void whatIsNoFunctionsNameIsABadRequestHoweverMuchIsAllowed() throws Exception {
        try (Rig rig = Rig.cold("AllowedLambdaNames", ".*")) {
            assertEquals(400, status(rig, "X-Lambda-Name: no name"));
            assertEquals(400, status(rig, "X-Lambda-Name: " + "x".repeat(65)));
            // The router's name for its own function's pool: who asks for a function of that name must not get
            // another's answer.
            assertEquals(400, status(rig, "X-Lambda-Name: default"));
            assertEquals(1, rig.router().router().pools().all().size());
        }
    }

    @Test
    void theSecretMustComeWithTheNameAndIsNotPassedOn() throws Exception {
        try (Rig rig = Rig.cold("AllowedLambdaNames", "g", "PoolHeaderSecret", "X-Pool-Key: open sesame")) {
            assertEquals(403, status(rig, "X-Lambda-Name: g"));
            assertEquals(403, status(rig, "X-Lambda-Name: g", "X-Pool-Key: open sesam"));
            assertEquals(403, status(rig, "X-Lambda-Name: f"), "the choice as such needs it");
            RawUser user = ask(rig, "x-lambda-name: g", "x-pool-key: open sesame");
            ScriptedChannel channel = rig.nextInstance().open();
            EmbeddedRequest request = channel.awaitRequest();
            assertEquals(List.of(), request.values("X-Pool-Key"));
            assertEquals(List.of(), request.values("X-Lambda-Name"));
            channel.ok("ok");
            assertEquals(200, user.readAnswer().status());
        }
    }

    @Test
    void thereAreNoMorePoolsThanMayBe() throws Exception {
        try (Rig rig = Rig.cold("AllowedLambdaNames", ".*", "MaxPools", "2")) {
            RawUser a = ask(rig, "X-Lambda-Name: a");
            FakeLambda.Invoke invoke = rig.lambda().nextInvoke();
            ask(rig, "X-Lambda-Name: b");
            rig.lambda().nextInvoke();
            Answer refused = ask(rig, "X-Lambda-Name: c").readAnswer();
            assertEquals(503, refused.status());
            assertEquals(1, refused.head().values("Retry-After").size());
            rig.keep(ScriptedInstance.of(invoke)).open().serve("a lives");
            assertEquals("a lives", a.readAnswer().text());
        }
    }

    @Test
    void aFunctionThatDoesNotExistIsToldAtOnceAndHurtsNobodyElse() throws Exception {
        try (Rig rig = Rig.warm("AllowedLambdaNames", ".*")) {
            RawUser nobody = ask(rig, "X-Lambda-Name: gone");
            rig.lambda().nextInvoke().notFound();
            Answer answer = nobody.readAnswer();
            assertEquals(503, answer.status());
            assertEquals(1, answer.head().values("Retry-After").size());
            RawUser user = rig.user().get("/");
            rig.awaitPending(1);
            rig.instance().open().serve("served");
            assertEquals("served", user.readAnswer().text());
            assertTrue(
                    rig.router().router().pools().defaultPool().failure().isEmpty(),
                    "the default pool fails for nothing");
        }
    }

    @Test
    void aChannelIsOnlyForThePoolOfItsInstance() throws Exception {
        try (Rig rig = Rig.warm("AllowedLambdaNames", ".*")) {
            ask(rig, "X-Lambda-Name: g");
            ScriptedInstance g = rig.nextInstance();
            assertEquals(
                    409, g.openStream(g.fields().put("X-Pool-Id", "default")).status());
            assertEquals(409, g.openStream(g.fields().put("X-Pool-Id", "h")).status());
            assertEquals(200, g.open().stream().status());
        }
    }
}
