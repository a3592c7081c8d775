package io.lambdadispatch.client.rehearsal;

import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Lambda's Runtime and Extensions API for one environment. Thread-safe. */
final class StageRuntimeApi extends StageServer {
    private static final long INVOKE_MILLIS = 60_000;
    private static final long LONGEST_WAIT_SECONDS = 60;

    private final BlockingQueue<byte[]> invokes = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

    StageRuntimeApi() throws IOException {
        super("stage-runtime-api");
    }

    /** The next that asks gets this. */
    void invoke(byte[] payload) {
        invokes.add(payload);
    }

    /** What the runtime told next: path, space, body. */
    String awaitAnswer() throws IOException, InterruptedException {
        String answer = answers.poll(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS);
        if (answer == null) {
            throw new IOException("the client does not answer its invoke");
        }
        return answer;
    }

    /** There will be no answer any more. */
    void clientEnded() {
        answers.add("nothing: the client has ended");
    }

    @Override
    void serve(Exchange exchange, Socket socket) throws IOException, InterruptedException {
        if (exchange.path().endsWith("/invocation/next")) {
            byte[] payload = invokes.take();
            exchange.answer(
                    200,
                    "Content-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: rehearsal\r\n"
                            + "Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:us-east-1:000000000000:function:rehearsal\r\n"
                            + "Lambda-Runtime-Deadline-Ms: " + (System.currentTimeMillis() + INVOKE_MILLIS) + "\r\n",
                    payload);
        } else if (exchange.path().endsWith("/extension/register")) {
            exchange.answer(200, "Lambda-Extension-Identifier: rehearsal\r\n", new byte[0]);
        } else if (exchange.path().endsWith("/extension/event/next")) {
            // Never answered, and held open until the other side leaves.
            int unused = socket.getInputStream().read();
        } else {
            answers.add(exchange.path() + ' ' + exchange.body());
            exchange.answer(202, "", new byte[0]);
        }
    }
}
