package io.lambdadispatch.benchmarks.system.burst;

import java.util.PriorityQueue;

/**
 * What is possible at best: one queue, first come first served, before some slots of which none stands idle while anybody waits,
 * at no cost of its own.
 */
final class FifoQueue {
    private FifoQueue() {}

    /**
     * The longest that one of these users waits and is served, in ms.
     *
     * @param atOnce users, each of whom asks again as soon as he is answered
     * @param serviceMillis what a request takes in its slot
     */
    static double longestMillis(int slots, int atOnce, int requests, double serviceMillis) {
        PriorityQueue<Double> asked = new PriorityQueue<>();
        PriorityQueue<Double> free = new PriorityQueue<>();
        for (int i = 0; i < atOnce; i++) {
            asked.add(0.0);
        }
        for (int i = 0; i < slots; i++) {
            free.add(0.0);
        }
        double longest = 0;
        for (int i = 0; i < requests; i++) {
            double arrival = asked.remove();
            double answered = Math.max(arrival, free.remove()) + serviceMillis;
            longest = Math.max(longest, answered - arrival);
            asked.add(answered);
            free.add(answered);
        }
        return longest;
    }
}
