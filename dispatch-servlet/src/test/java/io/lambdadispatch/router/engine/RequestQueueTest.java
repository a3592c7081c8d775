package io.lambdadispatch.router.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestQueueTest {
    private final RequestQueue queue = new RequestQueue();
    private final TestRequest a = request(Long.MAX_VALUE - 1, "a");
    private final TestRequest b = request(Long.MAX_VALUE, "b");
    private final TestRequest c = request(Long.MIN_VALUE, "c");
    private final TestRequest d = request(Long.MIN_VALUE + 1, "d");

    /** The arrivals' counter overflows between b and c. */
    private static TestRequest request(long sequence, String name) {
        TestRequest request = new TestRequest(name);
        request.sequence = sequence;
        return request;
    }

    private void append(TestRequest... requests) {
        for (TestRequest request : requests) {
            queue.append(request);
        }
    }

    /** Walks it both ways. */
    private void assertHolds(TestRequest... expected) {
        List<PendingRequest> forward = new ArrayList<>();
        PendingRequest last = null;
        for (PendingRequest request = queue.first(); request != null; request = request.behind) {
            assertEquals(last, request.ahead);
            last = request;
            forward.add(request);
        }
        assertEquals(Arrays.asList(expected), forward);
        assertEquals(expected.length, queue.size());
    }

    @Test
    void isEmptyAtFirst() {
        assertEquals(0, queue.size());
        assertNull(queue.first());
    }

    @Test
    void keepsTheOrderOfArrival() {
        append(a, b, c);
        assertHolds(a, b, c);
    }

    @Test
    void letsTheFirstLeave() {
        append(a, b, c);
        queue.remove(a);
        assertHolds(b, c);
    }

    @Test
    void letsOneInTheMiddleLeave() {
        append(a, b, c);
        queue.remove(b);
        assertHolds(a, c);
    }

    @Test
    void letsTheLastLeaveAndTakesANewLast() {
        append(a, b, c);
        queue.remove(c);
        append(d);
        assertHolds(a, b, d);
    }

    @Test
    void isEmptyAgainWhenTheOnlyOneLeft() {
        append(a);
        queue.remove(a);
        assertHolds();
        append(b);
        assertHolds(b);
    }

    @Test
    void givesARetriedRequestItsPlaceAheadOfAllWhoCameLater() {
        append(b, c);
        queue.restore(a);
        assertHolds(a, b, c);
    }

    @Test
    void keepsRetriedRequestsInOrderOfArrivalWhateverOrderTheyReturnIn() {
        append(d);
        queue.restore(b);
        queue.restore(c);
        queue.restore(a);
        assertHolds(a, b, c, d);
    }

    @Test
    void restoresIntoAnEmptyQueueAndAtTheEnd() {
        queue.restore(a);
        queue.restore(d);
        assertHolds(a, d);
        append(request(Long.MIN_VALUE + 2, "e"));
        assertEquals(3, queue.size());
    }
}
