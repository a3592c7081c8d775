package io.lambdadispatch.client;

import io.lambdadispatch.protocol.FieldNames;
import io.lambdadispatch.protocol.Head;

/** The fields that a message's own {@code Connection} fields declare to be for one hop only (RFC 9110 §7.6.1). */
final class ConnectionOptions {
    private ConnectionOptions() {}

    static boolean names(Head head, String fieldName) {
        for (int i = 0; i < head.fieldCount(); i++) {
            if (head.nameIs(i, FieldNames.CONNECTION) && FieldNames.isNamedBy(head.value(i), fieldName)) {
                // Content-Length says where the body ends; whoever declares it hop-by-hop wants to smuggle.
                return !fieldName.equalsIgnoreCase(FieldNames.CONTENT_LENGTH);
            }
        }
        return false;
    }
}
