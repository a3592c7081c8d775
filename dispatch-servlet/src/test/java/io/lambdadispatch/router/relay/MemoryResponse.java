package io.lambdadispatch.router.relay;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The response as it comes to a test, and what was done wrong on the way. */
abstract class MemoryResponse extends MemoryHead implements HttpEnd {
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private final List<String> responseFields = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();
    private int status;
    private long contentLength = -1;
    private boolean neverEndsWithConnection;
    private boolean isCommitted;
    private boolean hasEnded;

    MemoryResponse(String method, String target) {
        super(method, target);
    }

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

    /** Whether the end of the connection cannot pass for that of the response. */
    public boolean neverEndsWithConnection() {
        return neverEndsWithConnection;
    }

    /** What the router has done that the port forbids. */
    public List<String> faults() {
        return faults;
    }

    final AssertionError fault(String what) {
        // The router outlives what is thrown at it.
        faults.add(what);
        return new AssertionError(what);
    }

    final void commit() {
        isCommitted = true;
    }

    final void take(ByteBuffer bytes, boolean isLast) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        taken.writeBytes(copy);
        hasEnded |= isLast;
    }

    // The port.

    @Override
    public void status(int value) {
        if (isCommitted) {
            throw fault("the response has begun");
        }
        status = value;
    }

    @Override
    public void field(String name, String value) {
        if (isCommitted) {
            throw fault("the response has begun");
        }
        responseFields.add(name + ": " + value);
    }

    @Override
    public void contentLength(long length) {
        contentLength = length;
    }

    @Override
    public void neverEndWithConnection() {
        neverEndsWithConnection = true;
    }

    @Override
    public boolean isCommitted() {
        return isCommitted;
    }
}
