package io.lambdadispatch.router.engine;

/** Requests in order of arrival, linked through themselves: whoever leaves, wherever he stands, costs the same. */
final class RequestQueue {
    private PendingRequest first;
    private PendingRequest last;
    private int size;

    int size() {
        return size;
    }

    PendingRequest first() {
        return first;
    }

    void append(PendingRequest request) {
        insertBehind(last, request);
    }

    /**
     * Gives a request that was in the queue before its old place back. Whoever came earlier and is back as well stays ahead,
     * so the walk is as long as the number of requests that one dead instance ran.
     */
    void restore(PendingRequest request) {
        PendingRequest ahead = null;
        PendingRequest candidate = first;
        while (candidate != null && candidate.sequence - request.sequence < 0) {
            ahead = candidate;
            candidate = candidate.behind;
        }
        insertBehind(ahead, request);
    }

    private void insertBehind(PendingRequest ahead, PendingRequest request) {
        PendingRequest behind = ahead == null ? first : ahead.behind;
        request.ahead = ahead;
        request.behind = behind;
        if (ahead == null) {
            first = request;
        } else {
            ahead.behind = request;
        }
        if (behind == null) {
            last = request;
        } else {
            behind.ahead = request;
        }
        size++;
    }

    void remove(PendingRequest request) {
        if (request.ahead == null) {
            first = request.behind;
        } else {
            request.ahead.behind = request.behind;
        }
        if (request.behind == null) {
            last = request.ahead;
        } else {
            request.behind.ahead = request.ahead;
        }
        request.ahead = null;
        request.behind = null;
        size--;
    }
}
