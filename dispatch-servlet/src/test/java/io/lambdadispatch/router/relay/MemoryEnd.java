package io.lambdadispatch.router.relay;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** An exchange without a network: the test is its peer, and all that happens does so on the test's thread. */
public final class MemoryEnd implements HttpEnd, RequestHead {
    private final String method;
    private final String target;
    private final List<String> fields = new ArrayList<>();
    private final Deque<Piece> sent = new ArrayDeque<>();
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private final List<String> responseFields = new ArrayList<>();
    private final List<Runnable> elsewhere = new ArrayList<>();
    private String protocol = "HTTP/1.1";
    private String serverName = "example.com";
    private String remoteAddress = "192.0.2.7";
    private String localAddress = "192.0.2.1";
    private long bodyLength;
    private boolean halfCloses = true;
    private boolean losesConnection;
    private Listener listener;
    private int status;
    private long contentLength = -1;
    private boolean isDemanded;
    private boolean isBroken;
    private boolean takes = true;
    private Throwable writeFailure;
    private ByteBuffer pending;
    private boolean pendingIsLast;
    private boolean isCommitted;
    private boolean hasEnded;
    private int completions;
    private int aborts;
    private int pieces;
    private int returned;
    private int lookedAgain;

    private final class Piece implements Chunk {
        private final ByteBuffer bytes;
        private final boolean isLast;
        private boolean isBack;

        Piece(byte[] bytes, boolean isLast) {
            this.bytes = ByteBuffer.wrap(bytes);
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

        @Override
        public void release() {
            if (isBack) {
                throw new AssertionError("a piece was given back twice");
            }
            isBack = true;
            returned++;
        }
    }

    private MemoryEnd(String method, String target) {
        this.method = method;
        this.target = target;
    }

    /** A request without a body. */
    public static MemoryEnd of(String method, String target) {
        return new MemoryEnd(method, target);
    }

    /** Has that field. */
    public MemoryEnd with(String name, String value) {
        fields.add(name);
        fields.add(value);
        return this;
    }

    /** Has a body of so many bytes; -1 when that is not said. */
    public MemoryEnd withBody(long length) {
        bodyLength = length;
        return this;
    }

    /** Came over that protocol. */
    public MemoryEnd over(String version) {
        protocol = version;
        return this;
    }

    /** Has that {@code scheme://name} and these addresses. */
    public MemoryEnd at(String server, String remote, String local) {
        serverName = server;
        remoteAddress = remote;
        localAddress = local;
        return this;
    }

    /** Its container closes the request with the response. */
    public MemoryEnd withoutHalfClose() {
        halfCloses = false;
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
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        taken.writeBytes(copy);
        hasEnded |= pendingIsLast;
        listener.onWritten(null);
    }

    private void failPending() {
        if (pending != null) {
            pending = null;
            listener.onWritten(writeFailure);
        }
    }

    // What the peer has seen.

    /** The response's status; 0 before it is sent. */
    public int status() {
        return isCommitted ? status : 0;
    }

    /** The response's fields, as {@code name: value}. */
    public List<String> responseFields() {
        return List.copyOf(responseFields);
    }

    /** The length that the response has announced; -1 when none. */
    public long announced() {
        return contentLength;
    }

    /** What has come of the response's body. */
    public String taken() {
        return taken.toString(StandardCharsets.ISO_8859_1);
    }

    /** Forgets what has come. */
    public void forgetTaken() {
        taken.reset();
    }

    /** Whether the response has come to its end. */
    public boolean hasEnded() {
        return hasEnded;
    }

    public boolean isCompleted() {
        return completions == 1 && aborts == 0;
    }

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

    public int lookedAgain() {
        return lookedAgain;
    }

    /** Runs what was to be done on other threads. */
    public void runElsewhere() {
        List<Runnable> due = List.copyOf(elsewhere);
        elsewhere.clear();
        due.forEach(Runnable::run);
    }

    // The port.

    @Override
    public RequestHead head() {
        return this;
    }

    @Override
    public void listener(Listener whoHears) {
        listener = whoHears;
    }

    @Override
    public Chunk read() throws IOException {
        Piece next = sent.poll();
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
    public void status(int value) {
        if (isCommitted) {
            throw new AssertionError("the response has begun");
        }
        status = value;
    }

    @Override
    public void field(String name, String value) {
        if (isCommitted) {
            throw new AssertionError("the response has begun");
        }
        responseFields.add(name + ": " + value);
    }

    @Override
    public void contentLength(long length) {
        contentLength = length;
    }

    @Override
    public void neverEndWithConnection() {}

    @Override
    public void write(boolean last, ByteBuffer bytes) {
        if (pending != null) {
            throw new AssertionError("another write is under way");
        }
        isCommitted = true;
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
    public boolean isCommitted() {
        return isCommitted;
    }

    @Override
    public void complete() {
        if (isOpen()) {
            if (pending != null) {
                throw new AssertionError("a write is under way");
            }
            completions++;
        }
    }

    @Override
    public void abort(Throwable why) {
        if (isOpen()) {
            aborts++;
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
        elsewhere.add(action);
    }

    @Override
    public void lookAgain() {
        lookedAgain++;
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public String path() {
        int mark = target.indexOf('?');
        return mark < 0 ? target : target.substring(0, mark);
    }

    @Override
    public String query() {
        int mark = target.indexOf('?');
        return mark < 0 ? null : target.substring(mark + 1);
    }

    @Override
    public String protocol() {
        return protocol;
    }

    @Override
    public String scheme() {
        return "http";
    }

    @Override
    public String authority() {
        String host = field("Host");
        return host == null ? serverName : host;
    }

    @Override
    public String serverName() {
        return serverName;
    }

    @Override
    public String remoteAddress() {
        return remoteAddress;
    }

    @Override
    public String localAddress() {
        return localAddress;
    }

    @Override
    public int fieldCount() {
        return fields.size() / 2;
    }

    @Override
    public String fieldName(int i) {
        return fields.get(2 * i);
    }

    @Override
    public String fieldValue(int i) {
        return fields.get(2 * i + 1);
    }

    @Override
    public String field(String name) {
        for (int i = 0; i < fieldCount(); i++) {
            if (fieldName(i).equalsIgnoreCase(name)) {
                return fieldValue(i);
            }
        }
        return null;
    }

    @Override
    public long bodyLength() {
        return bodyLength;
    }
}
