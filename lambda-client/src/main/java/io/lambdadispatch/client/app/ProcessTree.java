package io.lambdadispatch.client.app;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The app's process and what it has started: a shell may not pass on a signal, and may end before what it has started, or live on
 * after that. Thread-safe.
 */
final class ProcessTree {
    /** From the end of an app to that of the shell that waits for it, on a machine that is busy. */
    private static final long END_IS_SEEN_MILLIS = 2_000;

    private static final long HELPERS_END_MILLIS = 1_000;

    /** Of several processes the end of the last one can only be polled. */
    private static final long LOOK_AGAIN_MILLIS = 5;

    private final ProcessHandle root;

    /** Those that were there when the app first served, without whoever only helped it start. */
    private volatile List<ProcessHandle> members;

    ProcessTree(ProcessHandle root) {
        this.root = root;
        this.members = List.of(root);
    }

    /** The app has been seen to serve: whatever its command has started by now may be what does. */
    void serves() {
        List<ProcessHandle> all = all();
        members = all;
        // A helper, such as a script's "sleep", has ended by then.
        later(
                HELPERS_END_MILLIS,
                () -> members = all.stream()
                        .filter(member -> member.pid() == root.pid() || runs(member))
                        .toList());
    }

    private static void later(long millis, Runnable work) {
        CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS, Runnable::run)
                .execute(work);
    }

    private List<ProcessHandle> all() {
        return Stream.concat(root.descendants(), Stream.of(root)).toList();
    }

    /**
     * Whether any member is in the middle of its end. The kernel says so before it closes the first connection of a process that is
     * killed, or exits.
     */
    boolean isEnding() {
        return members.stream()
                .anyMatch(member ->
                        ProcessStat.of(member).filter(ProcessStat::isExiting).isPresent());
    }

    /**
     * Whether any member ends within a moment: that its connections are closed can be seen before its end can, and the shell or
     * supervisor above it may live on.
     */
    CompletableFuture<Boolean> endsSoon() {
        CompletableFuture<Boolean> ends = new CompletableFuture<>();
        lookForAnEnd(ends, System.nanoTime());
        return ends;
    }

    private void lookForAnEnd(CompletableFuture<Boolean> ends, long since) {
        // Before the look: when this JVM has stood still, the time may be over before it could have seen anything.
        boolean last = System.nanoTime() - since >= TimeUnit.MILLISECONDS.toNanos(END_IS_SEEN_MILLIS);
        if (members.stream().anyMatch(member -> !runs(member))) {
            ends.complete(true);
        } else if (last) {
            ends.complete(false);
        } else {
            later(LOOK_AGAIN_MILLIS, () -> lookForAnEnd(ends, since));
        }
    }

    /**
     * SIGTERM to all of it. Returns when all have ended; what has not after {@code longestMillis} is killed.
     *
     * @return whether all have ended by themselves
     */
    boolean terminate(long longestMillis) throws InterruptedException {
        // Once their parent has ended nobody can tell any more that they belong to it.
        List<ProcessHandle> all = all();
        all.forEach(ProcessHandle::destroy);
        boolean inTime = awaitEnd(all, longestMillis);
        if (!inTime) {
            all.forEach(ProcessHandle::destroyForcibly);
        }
        return inTime;
    }

    private static boolean awaitEnd(List<ProcessHandle> all, long longestMillis) throws InterruptedException {
        long start = System.nanoTime();
        while (all.stream().anyMatch(ProcessTree::runs)) {
            if (System.nanoTime() - start >= TimeUnit.MILLISECONDS.toNanos(longestMillis)) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MILLIS);
        }
        return true;
    }

    private static boolean runs(ProcessHandle process) {
        return process.isAlive()
                && ProcessStat.of(process).map(stat -> !stat.isZombie()).orElseGet(process::isAlive);
    }
}
