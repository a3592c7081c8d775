package io.lambdadispatch.router.relay;

import java.util.ArrayList;
import java.util.List;

/** What was asked for, made up by a test. */
abstract class MemoryHead implements RequestHead {
    private final String method;
    private final String target;
    private final List<String> fields = new ArrayList<>();
    private String protocol = "HTTP/1.1";
    private String serverName = "example.com";
    private String remoteAddress = "192.0.2.7";
    private String localAddress = "192.0.2.1";
    private long bodyLength;

    MemoryHead(String method, String target) {
        this.method = method;
        this.target = target;
    }

    final void add(String name, String value) {
        fields.add(name);
        fields.add(value);
    }

    final void setBodyLength(long length) {
        bodyLength = length;
    }

    final void setProtocol(String version) {
        protocol = version;
    }

    final void setAddresses(String server, String remote, String local) {
        serverName = server;
        remoteAddress = remote;
        localAddress = local;
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

    @Override
    public String toString() {
        return method + ' ' + target;
    }
}
