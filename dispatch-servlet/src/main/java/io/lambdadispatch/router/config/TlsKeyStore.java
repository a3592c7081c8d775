package io.lambdadispatch.router.config;

import java.nio.file.Path;

/**
 * A PKCS #12 file with the router's private key and certificate chain.
 *
 * @param password of the file and of the key in it
 */
public record TlsKeyStore(Path path, String password) {
    /** Never shows the password: what is printed may end in a log. */
    @Override
    public String toString() {
        return "TlsKeyStore[" + path + ']';
    }
}
