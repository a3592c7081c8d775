package io.lambdadispatch.router.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LambdaFunctionTest {
    @ParameterizedTest
    @CsvSource({
        "app, app,,",
        "my_App-2, my_App-2,,",
        "app:live, app, live,",
        "app:42, app, 42,",
        "app:$LATEST, app, $LATEST,",
        "123456789012:function:app, app,,",
        "123456789012:function:app:live, app, live,",
        "arn:aws:lambda:eu-west-1:123456789012:function:app, app,, eu-west-1",
        "arn:aws:lambda:eu-west-1:123456789012:function:app:7, app, 7, eu-west-1",
        "arn:aws-us-gov:lambda:us-gov-east-1:123456789012:function:app, app,, us-gov-east-1",
        "arn:aws-cn:lambda:cn-north-1:123456789012:function:app:$LATEST, app, $LATEST, cn-north-1"
    })
    void isANameOrAnArnWithOrWithoutQualifier(String text, String name, String qualifier, String region) {
        LambdaFunction function = LambdaFunction.parse(text);
        assertEquals(
                new LambdaFunction(text, name, Optional.ofNullable(qualifier), Optional.ofNullable(region)), function);
        assertEquals(text, function.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "my app",
                "app:",
                ":live",
                "app:live:more",
                "app.handler",
                "function:app:live",
                "12345:function:app",
                "arn:aws:s3:::bucket",
                "arn:aws:lambda:eu-west-1:123456789012:layer:app",
                "arn:aws:lambda:eu-west-1:123456789012:function:",
                "arn:aws:lambda:123456789012:function:app",
                "a123456789b123456789c123456789d123456789e123456789f123456789g1234"
            })
    void isNothingElse(String text) {
        assertThrows(IllegalArgumentException.class, () -> LambdaFunction.parse(text));
    }

    @Test
    void aFaultSaysWhatWouldBeRight() {
        String message = assertThrows(IllegalArgumentException.class, () -> LambdaFunction.parse("my app"))
                .getMessage();
        assertEquals(
                "Lambda function: my app (expected: name, name:qualifier, account-id:function:name or"
                        + " arn:aws:lambda:region:account-id:function:name[:qualifier])",
                message);
    }
}
