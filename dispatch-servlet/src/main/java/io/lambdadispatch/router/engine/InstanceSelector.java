package io.lambdadispatch.router.engine;

/**
 * Which instance gets the next request: one of those that run least. Instances stand in buckets by how many requests they
 * run; a bit mask knows which buckets are filled, so every operation costs the same however many instances there are.
 * Within a bucket the instance that came first is taken first, which spreads load evenly.
 */
final class InstanceSelector {
    private final int maxRunning;
    private final LambdaInstance[] first;
    private final LambdaInstance[] last;
    private final long[] filled;

    /**
     * @param maxRunning requests that one instance may run at once
     */
    InstanceSelector(int maxRunning) {
        this.maxRunning = maxRunning;
        this.first = new LambdaInstance[maxRunning];
        this.last = new LambdaInstance[maxRunning];
        this.filled = new long[(maxRunning + Long.SIZE - 1) / Long.SIZE];
    }

    /** The instance with a free slot and an idle channel that runs least, or {@code null}. */
    LambdaInstance least() {
        for (int word = 0; word < filled.length; word++) {
            if (filled[word] != 0) {
                return first[word * Long.SIZE + Long.numberOfTrailingZeros(filled[word])];
            }
        }
        return null;
    }

    /** Puts the instance where its books say that it belongs; to be called after each change of them. */
    void update(LambdaInstance instance) {
        int bucket = bucketOf(instance);
        if (bucket != instance.bucket) {
            if (instance.bucket >= 0) {
                unlink(instance);
            }
            instance.bucket = bucket;
            if (bucket >= 0) {
                append(instance);
            }
        }
    }

    private int bucketOf(LambdaInstance instance) {
        boolean selectable = instance.state == LambdaInstance.State.OPEN
                && instance.running < maxRunning
                && !instance.idle.isEmpty();
        return selectable ? instance.running : -1;
    }

    private void append(LambdaInstance instance) {
        int bucket = instance.bucket;
        instance.previous = last[bucket];
        instance.next = null;
        if (last[bucket] == null) {
            first[bucket] = instance;
            filled[bucket / Long.SIZE] |= 1L << (bucket % Long.SIZE);
        } else {
            last[bucket].next = instance;
        }
        last[bucket] = instance;
    }

    private void unlink(LambdaInstance instance) {
        int bucket = instance.bucket;
        if (instance.previous == null) {
            first[bucket] = instance.next;
        } else {
            instance.previous.next = instance.next;
        }
        if (instance.next == null) {
            last[bucket] = instance.previous;
        } else {
            instance.next.previous = instance.previous;
        }
        if (first[bucket] == null) {
            filled[bucket / Long.SIZE] &= ~(1L << (bucket % Long.SIZE));
        }
        instance.previous = null;
        instance.next = null;
    }
}
