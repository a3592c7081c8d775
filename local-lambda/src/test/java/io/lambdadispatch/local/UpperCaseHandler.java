package io.lambdadispatch.local;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A handler as people write them, run by AWS's own runtime client. */
public final class UpperCaseHandler implements RequestStreamHandler {
    @Override
    public void handleRequest(InputStream input, OutputStream output, Context context) throws IOException {
        String text = new String(input.readAllBytes(), StandardCharsets.UTF_8);
        if (text.contains("fail")) {
            throw new IllegalStateException("as asked");
        }
        if (context.getRemainingTimeInMillis() <= 0) {
            throw new IllegalStateException("the deadline has passed");
        }
        context.getLogger().log("upper case for " + context.getInvokedFunctionArn());
        output.write(text.toUpperCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8));
    }
}
