package io.lambdadispatch.it.load;

import io.lambdadispatch.it.load.Outcome.Kind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;

/** A keep-alive connection of one user, with at most one request on it. Belongs to the generator's thread. */
final class UserConnection {
    private static final String CLOSED = "closed";

    private final LoadGenerator generator;
    private final ByteBuffer buffer;
    private final SocketChannel channel;
    private final SelectionKey key;
    private final Deque<ByteBuffer> outgoing = new ArrayDeque<>();
    private LoadRequest request;
    private ResponseReader reader;
    private long dueNanos;
    private long giveUpNanos;
    private int nextPiece;
    private boolean isUnheard;
    private int requests;
    private String last = "none";

    /** @param buffer what is read is in it for a moment */
    UserConnection(LoadGenerator generator, Selector selector, SocketAddress server, ByteBuffer buffer)
            throws IOException {
        this.generator = generator;
        this.buffer = buffer;
        this.channel = SocketChannel.open();
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            boolean isConnected = channel.connect(server);
            this.key = channel.register(selector, isConnected ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT, this);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Sends a request.
     *
     * @param due when it should have been sent
     * @param giveUp when to wait no longer
     */
    void send(LoadRequest next, long due, long giveUp) {
        request = next;
        reader = new ResponseReader(next.content());
        dueNanos = due;
        giveUpNanos = giveUp;
        nextPiece = 0;
        requests++;
        sendNextPiece();
    }

    /** Whether the server has closed it, which its user knows before he sends anything on it. */
    boolean hasEnded() {
        try {
            read();
        } catch (IOException e) {
            broke(e);
        }
        return !channel.isOpen();
    }

    /** The pause between two pieces is over, of the request of that number on this connection. */
    void sendNextPiece(int number) {
        if (request != null && number == requests) {
            sendNextPiece();
        }
    }

    private void sendNextPiece() {
        do {
            outgoing.add(request.pieces().get(nextPiece++));
        } while (request.pauseNanos() == 0 && nextPiece < request.pieces().size());
        if (nextPiece < request.pieces().size() && !isUnheard) {
            generator.afterPause(this, requests, request.pauseNanos());
        }
        if (channel.isConnected()) {
            try {
                write();
            } catch (IOException e) {
                broke(e);
            }
        }
    }

    void selected() {
        try {
            if (key.isConnectable() && channel.finishConnect()) {
                write();
            } else if (key.isWritable()) {
                write();
            }
            if (key.isValid() && key.isReadable()) {
                read();
            }
        } catch (IOException e) {
            broke(e);
        }
    }

    private void write() throws IOException {
        while (!outgoing.isEmpty() && !isUnheard) {
            try {
                channel.write(outgoing.getFirst());
            } catch (IOException e) {
                // Nobody reads it any more: there may be an answer that says why (RFC 9110 §9.6).
                isUnheard = true;
            }
            if (isUnheard || outgoing.getFirst().hasRemaining()) {
                break;
            }
            outgoing.removeFirst();
        }
        if (isUnheard) {
            outgoing.clear();
        }
        key.interestOps(outgoing.isEmpty() ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE);
    }

    private void read() throws IOException {
        buffer.clear();
        int size = channel.read(buffer);
        if (size < 0) {
            closed();
            return;
        }
        buffer.flip();
        if (size > 0 && request == null) {
            throw new IOException("bytes that nobody asked for");
        }
        if (size > 0) {
            reader.read(buffer);
            if (reader.isDone()) {
                answered();
            }
        }
    }

    private void answered() throws IOException {
        if (buffer.hasRemaining()) {
            throw new IOException("bytes behind the end of an answer");
        }
        boolean wasSent = !isUnheard
                && outgoing.isEmpty()
                && nextPiece == request.pieces().size();
        boolean isLast = reader.isLast() || !wasSent;
        end(reader.fault() == null ? Kind.ANSWERED : Kind.WRONG, reader.fault());
        if (isLast) {
            close();
        } else {
            generator.rests(this);
        }
    }

    private void closed() {
        if (request != null) {
            boolean isWhole = reader.endsWithConnection();
            if (isWhole) {
                end(reader.fault() == null ? Kind.ANSWERED : Kind.WRONG, reader.fault());
            } else {
                aborted(CLOSED);
            }
        }
        close();
    }

    private void broke(IOException failure) {
        if (request != null) {
            if (failure instanceof ConnectException) {
                end(Kind.NOT_CONNECTED, failure.getMessage());
            } else {
                aborted(String.valueOf(failure.getMessage()));
            }
        }
        close();
    }

    private void aborted(String how) {
        String detail = how + ": " + reader + ", request " + requests + " of its connection, before: " + last;
        if (reader.fault() != null) {
            end(Kind.WRONG, reader.fault() + ", " + detail);
        } else if (reader.hasBegun()) {
            end(Kind.ABORTED, detail);
        } else if (requests > 1) {
            dropped(detail);
        } else {
            end(how.equals(CLOSED) ? Kind.ABORTED : Kind.NOT_ACCEPTED, detail);
        }
    }

    private void dropped(String detail) {
        LoadRequest unheard = request;
        request = null;
        if (!generator.sendsAgain(this, unheard, dueNanos)) {
            request = unheard;
            end(Kind.DROPPED, detail);
        }
    }

    boolean isOverdue(long now) {
        return request != null && now - giveUpNanos >= 0;
    }

    void giveUp() {
        end(Kind.TIMED_OUT, reader.toString());
        close();
    }

    private void end(Kind kind, String detail) {
        LoadRequest ended = request;
        last = ended.route() + ' ' + reader.status();
        request = null;
        generator.ended(
                this,
                new Outcome(
                        kind,
                        ended.route(),
                        ended.isSafe(),
                        reader.status(),
                        dueNanos,
                        System.nanoTime(),
                        reader.instance(),
                        detail));
    }

    void close() {
        generator.gone(this);
        key.cancel();
        try {
            channel.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
