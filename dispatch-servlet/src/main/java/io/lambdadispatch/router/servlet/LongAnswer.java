package io.lambdadispatch.router.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An answer of the router itself that may be longer than the container's buffer: it is sent as its reader takes it. */
final class LongAnswer implements WriteListener {
    private static final Logger LOG = LoggerFactory.getLogger(LongAnswer.class);
    private static final long PATIENCE_MS = 30_000;
    private static final int PIECE_BYTES = 8 * 1024;

    private final AsyncContext context;
    private final ServletOutputStream output;
    private final byte[] body;
    private int sent;
    private boolean isOver;

    private LongAnswer(AsyncContext context, byte[] body) throws IOException {
        this.context = context;
        this.output = context.getResponse().getOutputStream();
        this.body = body;
    }

    /** Sends the text with the status that the response has. */
    static void send(HttpServletRequest request, HttpServletResponse response, String contentType, String text)
            throws IOException {
        send(request, response, contentType, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Sends the bytes with the status that the response has. */
    static void send(HttpServletRequest request, HttpServletResponse response, String contentType, byte[] body)
            throws IOException {
        response.setContentType(contentType);
        response.setContentLength(body.length);
        AsyncContext context = request.startAsync(request, response);
        context.setTimeout(PATIENCE_MS);
        LongAnswer answer = new LongAnswer(context, body);
        answer.output.setWriteListener(answer);
    }

    @Override
    public void onWritePossible() throws IOException {
        while (!isOver && output.isReady()) {
            if (sent == body.length) {
                isOver = true;
                context.complete();
                return;
            }
            int size = Math.min(PIECE_BYTES, body.length - sent);
            output.write(body, sent, size);
            sent += size;
        }
    }

    @Override
    public void onError(Throwable failure) {
        LOG.debug("a reader did not take his answer", failure);
        if (!isOver) {
            isOver = true;
            context.complete();
        }
    }
}
