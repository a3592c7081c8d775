package io.lambdadispatch.router.relay;

/** What somebody asks for: request line and fields as they were sent, and the connection on which they came. */
public interface RequestHead {
    /** The body's length is not announced. */
    long UNKNOWN_LENGTH = -1;

    /** Such as {@code GET}. */
    String method();

    /** The target's path as it was sent, percent-encoded. */
    String path();

    /** The target's query as it was sent; {@code null} when there is none. */
    String query();

    /** Such as {@code HTTP/1.1}. */
    String protocol();

    /** Whether the connection carries one exchange at a time, so that its end is of importance to the next. */
    default boolean isHttp1() {
        return protocol().startsWith("HTTP/1");
    }

    /** {@code http} or {@code https}. */
    String scheme();

    /** Host and port of the target, or of the {@code Host} field. */
    String authority();

    /** The same without a port. */
    String serverName();

    /** The peer's address. */
    String remoteAddress();

    /** The address that the connection came in at. */
    String localAddress();

    /** Number of field lines. */
    int fieldCount();

    /** Name of a field line, as it was sent. */
    String fieldName(int i);

    /** Value of a field line. */
    String fieldValue(int i);

    /** Value of the first field of that name in any case, or {@code null}. */
    String field(String name);

    /** All fields of that name as one list (RFC 9110 §5.3), or {@code null}. */
    default String list(String name) {
        String list = null;
        for (int i = 0; i < fieldCount(); i++) {
            if (fieldName(i).equalsIgnoreCase(name)) {
                list = list == null ? fieldValue(i) : list + ", " + fieldValue(i);
            }
        }
        return list;
    }

    /** Bytes of the body: 0 when there is none, {@link #UNKNOWN_LENGTH} when only its end tells. */
    long bodyLength();
}
