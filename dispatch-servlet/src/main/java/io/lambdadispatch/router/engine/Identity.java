package io.lambdadispatch.router.engine;

/**
 * Who an instance is.
 *
 * @param id fresh for each invoke
 * @param token secret that proves a control request to be the instance's
 */
public record Identity(String id, String token) {
    /** Never shows the token. */
    @Override
    public String toString() {
        return id;
    }
}
