package io.lambdadispatch.router.servlet;

import io.lambdadispatch.protocol.FieldNames;
import io.lambdadispatch.protocol.HeadReader;
import io.lambdadispatch.router.relay.RequestHead;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;

/**
 * The head of a servlet request. What the relay asks for is read at once, because containers look each field up among all, and recycle
 * the request as soon as its peer has left. Fields beyond what a head may have are left out, but for the one that shows that there are
 * too many.
 */
final class ServletHead implements RequestHead {
    private final HttpServletRequest request;
    private final String method;
    private final String path;
    private final String query;
    private final String protocol;
    private final String scheme;
    private final String remoteAddress;
    private final boolean isLengthTold;
    private final List<String> fields = new ArrayList<>();
    private long bodyLength;

    ServletHead(HttpServletRequest request) {
        this.request = request;
        this.method = request.getMethod();
        this.path = request.getRequestURI();
        this.query = request.getQueryString();
        this.protocol = request.getProtocol();
        this.scheme = request.getScheme();
        this.remoteAddress = request.getRemoteAddr();
        Enumeration<String> names = request.getHeaderNames();
        while (names.hasMoreElements() && fieldCount() <= HeadReader.MOST_FIELDS) {
            String name = names.nextElement();
            Enumeration<String> values = request.getHeaders(name);
            while (values.hasMoreElements()) {
                fields.add(name);
                fields.add(values.nextElement());
            }
        }
        long length = request.getContentLengthLong();
        this.isLengthTold = length >= 0;
        boolean hasNone = !isLengthTold && isHttp1() && field(FieldNames.TRANSFER_ENCODING) == null;
        this.bodyLength = hasNone ? 0 : length;
    }

    /** Whether it says itself how long the body is. */
    boolean isLengthTold() {
        return isLengthTold;
    }

    /** The body turned out to be none. */
    void hasNoBody() {
        bodyLength = 0;
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public String query() {
        return query;
    }

    @Override
    public String protocol() {
        return protocol;
    }

    @Override
    public String scheme() {
        return scheme;
    }

    @Override
    public String authority() {
        String host = field(FieldNames.HOST);
        if (host != null) {
            return host;
        }
        int port = request.getServerPort();
        boolean isDefault = port == ("https".equals(scheme) ? 443 : 80);
        return isDefault ? request.getServerName() : request.getServerName() + ':' + port;
    }

    @Override
    public String serverName() {
        return request.getServerName();
    }

    @Override
    public String remoteAddress() {
        return remoteAddress;
    }

    @Override
    public String localAddress() {
        return request.getLocalAddr();
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
        for (int i = 0; i < fields.size(); i += 2) {
            if (fields.get(i).equalsIgnoreCase(name)) {
                return fields.get(i + 1);
            }
        }
        return null;
    }

    @Override
    public long bodyLength() {
        return bodyLength;
    }
}
