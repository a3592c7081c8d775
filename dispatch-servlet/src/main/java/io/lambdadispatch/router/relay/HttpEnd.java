package io.lambdadispatch.router.relay;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One HTTP exchange that somebody has begun with this router, a user or an instance: what they have asked for, the body that they
 * send, and the response that they get. The relay reads from one such end and writes to another; whatever it runs in, a servlet container
 * or Jetty's own handlers, is an adapter below this port.
 *
 * <p>Nothing here blocks. There is one reader and one writer at a time, which may be different threads. All events go to the one
 * {@link Listener}, on any thread, possibly before the call that caused them has returned.
 *
 * <p>An end is concluded once, by {@link #complete} or {@link #abort}. Calls that come later do nothing; a write that was under way is
 * still reported.
 */
public interface HttpEnd {
    /** Hears what happens at an end. */
    interface Listener {
        /** After {@link #demand}: there may be something to read, if only the input's end or its failure. */
        void onReadable();

        /**
         * The write under way is over, and the next one may begin.
         *
         * @param failure {@code null} when all of it was taken
         */
        void onWritten(Throwable failure);

        /** The peer has left: nothing that is sent reaches them any more. May not be told when a read or a write fails instead. */
        void onGone(Throwable why);
    }

    /** A piece of a body. */
    interface Chunk {
        /** Valid until it is given back. */
        ByteBuffer bytes();

        /** Whether the body ends behind it; an end that shows only later comes as an empty piece. */
        boolean isLast();

        /** Gives it back. */
        void release();

        /** Gives it back although it may still be read from, because a write of it has failed. */
        default void discard() {
            release();
        }
    }

    /** What was asked for. */
    RequestHead head();

    /** Sets who hears; before anything else. It may be replaced by whoever takes the exchange over. */
    void listener(Listener listener);

    /**
     * The next piece of the peer's body; {@code null} when nothing is there at present, which is the time to {@link #demand} more.
     *
     * @throws IOException when the body broke off
     */
    Chunk read() throws IOException;

    /** Asks for one {@link Listener#onReadable}; until it comes there is nothing to read, and nothing to complete. */
    void demand();

    /** Sets the response's status. Before the first write only, as all that follows up to there. */
    void status(int status);

    /** Adds a field to the response, or replaces what the container would have said itself. */
    void field(String name, String value);

    /** Announces the length of the response's body in bytes. */
    void contentLength(long length);

    /**
     * The end of the connection, which may come behind this response, is not to pass for the end of its body.
     *
     * @see <a href="https://www.rfc-editor.org/rfc/rfc9112#section-6.3">RFC 9112 §6.3</a>
     */
    void neverEndWithConnection();

    /**
     * Sends the head if that has not been sent, and the bytes. One at a time; {@link Listener#onWritten} tells when it is over.
     *
     * @param last whether the response ends behind them
     * @param bytes not to be touched until then
     */
    void write(boolean last, ByteBuffer bytes);

    /** Whether a response can end while the peer's body goes on. */
    boolean halfCloses();

    /** Whether anything of a response may have been sent. */
    boolean isCommitted();

    /** The last byte was written, and no write is under way: this exchange is over. */
    void complete();

    /** Ends this exchange such that its peer cannot take it for a complete one. Any thread. */
    void abort(Throwable why);

    /**
     * Whether this exchange failed because its whole connection is lost: the other exchanges on it only do not know yet.
     *
     * @param failure as it was told; {@code null} when nothing was
     */
    boolean isConnectionLost(Throwable failure);

    /** Has another thread run that, which has nothing else to do. */
    void elsewhere(Runnable action);

    /** Called now and then while nothing moves: whoever forgets to tell things looks for them. Any thread. */
    default void lookAgain() {}
}
