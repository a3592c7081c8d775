package io.lambdadispatch.router.relay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

/** An exchange without a network: the test is its peer, and all that happens does so on the test's thread. */
public final class MemoryEnd extends MemoryResponse {
    private final Deque<Piece> sent = new ArrayDeque<>();
    private final List<Runnable> elsewhere = new ArrayList<>();
    private boolean halfCloses = true;
    private boolean losesConnection;
    private Listener listener;
    private boolean isDemanded;
    private boolean isBroken;
    private boolean takes = true;
    private Throwable writeFailure;
    private ByteBuffer pending;
    private boolean pendingIsLast;
    private int completions;
    private int aborts;
    private int pieces;
    private int returned;
    private int lookedAgain;
    private boolean throwsOnWrite;
    private boolean lendsNoThread;
    private Runnable onNextRead;
    private Runnable onAbort = () -> {};

    private final class Piece implements Chunk {
        private final ByteBuffer bytes;
        private final boolean isLast;
        private boolean isBack;

        Piece(byte[] bytes, boolean isLast) {
            this.bytes = ByteBuffer.wrap(bytes.clone());
            this.isLast = isLast;
        }

        @Override
        public ByteBuffer bytes() {
            return bytes;
        }

        @Override
        public boolean isLast() {
            return isLast;
        }

        /** What is still read from it afterwards is seen to be wrong. */
        @Override
        public void release() {
            discard();
            Arrays.fill(bytes.array(), (byte) '#');
        }

        @Override
        public void discard() {
            if (isBack) {
                throw fault("a piece was given back twice");
            }
            isBack = true;
            returned++;
        }
    }

    private MemoryEnd(String method, String target) {
        super(method, target);
    }

    /** A request without a body. */
    public static MemoryEnd of(String method, String target) {
        return new MemoryEnd(method, target);
    }

    /** Has that field. */
    public MemoryEnd with(String name, String value) {
        add(name, value);
        return this;
    }

    /** Has a body of so many bytes; -1 when that is not said. */
    public MemoryEnd withBody(long length) {
        setBodyLength(length);
        return this;
    }

    /** Came over that protocol. */
    public MemoryEnd over(String version) {
        setProtocol(version);
        return this;
    }

    /** Has that {@code scheme://name} and these addresses. */
    public MemoryEnd at(String server, String remote, String local) {
        setAddresses(server, remote, local);
        return this;
    }

    /** Its container closes the request with the response. */
    public MemoryEnd withoutHalfClose() {
        halfCloses = false;
        return this;
    }

    /** Its peer has left before anybody hears of it. */
    public MemoryEnd thatHasLeft() {
        writeFailure = new IOException("left");
        return this;
    }

    /** Its container has no thread to spare. */
    public MemoryEnd thatLendsNoThread() {
        lendsNoThread = true;
        return this;
    }

    /** Its container fails unexpectedly when it is written to. */
    public MemoryEnd thatThrows() {
        throwsOnWrite = true;
        return this;
    }

    // What the peer does.

    /** Sends a piece of the body. */
    public MemoryEnd send(String text) {
        return send(text.getBytes(StandardCharsets.ISO_8859_1), false);
    }

    /** Sends the last piece. */
    public MemoryEnd sendLast(String text) {
        return send(text.getBytes(StandardCharsets.ISO_8859_1), true);
    }

    /** Sends a piece. */
    public MemoryEnd send(byte[] bytes, boolean isLast) {
        sent.add(new Piece(bytes, isLast));
        tellReadable();
        return this;
    }

    /** The body breaks off. */
    public MemoryEnd breakOff() {
        isBroken = true;
        writeFailure = new IOException("reset");
        boolean wasWriting = pending != null;
        boolean wasAwaited = isDemanded;
        failPending();
        tellReadable();
        if (!wasWriting && !wasAwaited && listener != null) {
            listener.onGone(new IOException("reset"));
        }
        return this;
    }

    /** The peer leaves, which is told and no more: its body only does not go on. */
    public MemoryEnd leave() {
        writeFailure = new IOException("left");
        failPending();
        listener.onGone(writeFailure);
        return this;
    }

    /** That happens in the middle of the next read. */
    public MemoryEnd onNextRead(Runnable action) {
        onNextRead = action;
        return this;
    }

    /** That happens in the moment in which the router breaks it off. */
    public MemoryEnd onAbort(Runnable action) {
        onAbort = action;
        return this;
    }

    /** Its whole connection is lost. */
    public MemoryEnd loseConnection() {
        losesConnection = true;
        return breakOff();
    }

    private void tellReadable() {
        if (isDemanded) {
            isDemanded = false;
            listener.onReadable();
        }
    }

    /** Takes nothing more. */
    public MemoryEnd stall() {
        takes = false;
        return this;
    }

    /** Takes all that there is. */
    public MemoryEnd goOn() {
        takes = true;
        takePending();
        return this;
    }

    private void takePending() {
        if (pending == null) {
            return;
        }
        ByteBuffer bytes = pending;
        pending = null;
        take(bytes, pendingIsLast);
        listener.onWritten(null);
    }

    private void failPending() {
        if (pending != null) {
            pending = null;
            listener.onWritten(writeFailure);
        }
    }

    // What the peer has seen.

    /** Whether its response went to its end, and nobody broke it off. */
    public boolean isCompleted() {
        return completions == 1 && aborts == 0;
    }

    /** Whether the router has broken it off. */
    public boolean isAborted() {
        return aborts == 1 && completions == 0;
    }

    /** Whether the router has concluded it neither way. */
    public boolean isOpen() {
        return aborts == 0 && completions == 0;
    }

    /** Pieces that the router has and has not given back. */
    public int piecesOut() {
        return pieces - returned;
    }

    /** Whether the router waits for more. */
    public boolean isAwaited() {
        return isDemanded;
    }

    /** How often the router has asked it to look again. */
    public int lookedAgain() {
        return lookedAgain;
    }

    /**
     * Runs what was to be done on other threads.
     *
     * @return whether there was anything
     */
    public boolean runElsewhere() {
        List<Runnable> due = List.copyOf(elsewhere);
        elsewhere.clear();
        due.forEach(Runnable::run);
        return !due.isEmpty();
    }

    // The port.

    @Override
    public RequestHead head() {
        return this;
    }

    @Override
    public void listener(Listener whoHears) {
        boolean isFirst = listener == null;
        listener = whoHears;
        if (isFirst && writeFailure != null) {
            listener.onGone(writeFailure);
        }
    }

    @Override
    public Chunk read() throws IOException {
        Runnable action = onNextRead;
        if (action != null) {
            onNextRead = null;
            action.run();
        }
        Piece next = isOpen() ? sent.poll() : null;
        if (next == null && (isBroken || !isOpen())) {
            throw new IOException("reset");
        }
        if (next != null) {
            pieces++;
        }
        return next;
    }

    @Override
    public void demand() {
        isDemanded = true;
        if (!sent.isEmpty() || isBroken) {
            tellReadable();
        }
    }

    @Override
    public void write(boolean last, ByteBuffer bytes) {
        if (pending != null) {
            throw fault("another write is under way");
        }
        if (completions > 0) {
            return;
        }
        if (pendingIsLast) {
            throw fault("a write behind the last one");
        }
        if (throwsOnWrite) {
            throw new IllegalStateException("the test says so");
        }
        commit();
        pending = bytes;
        pendingIsLast = last;
        if (writeFailure != null) {
            failPending();
        } else if (takes) {
            takePending();
        }
    }

    @Override
    public boolean halfCloses() {
        return halfCloses;
    }

    @Override
    public void complete() {
        if (isOpen()) {
            if (pending != null) {
                throw fault("a write is under way");
            }
            completions++;
        }
    }

    @Override
    public void abort(Throwable why) {
        if (isOpen()) {
            aborts++;
            onAbort.run();
            writeFailure = why;
            failPending();
            tellReadable();
        }
    }

    @Override
    public boolean isConnectionLost(Throwable failure) {
        return losesConnection;
    }

    @Override
    public void elsewhere(Runnable action) {
        if (lendsNoThread) {
            throw new RejectedExecutionException("the test says so");
        }
        elsewhere.add(action);
    }

    @Override
    public void lookAgain() {
        lookedAgain++;
    }
}
