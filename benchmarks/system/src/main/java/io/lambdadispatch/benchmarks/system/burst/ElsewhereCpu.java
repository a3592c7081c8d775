package io.lambdadispatch.benchmarks.system.burst;

import java.io.IOException;

/**
 * Cold starts happen on machines of their own, where they are in nobody's way; twenty JVMs that start on the CPUs of the router, the app
 * and the warm environments are. So environments start with what CPU time is left over (sched(7), {@code SCHED_IDLE}), on both sides
 * alike, until they are told to be warm.
 */
final class ElsewhereCpu {
    /** What the command of an environment begins with; util-linux has it. */
    static final String COMMAND = "chrt --idle 0 ";

    private ElsewhereCpu() {}

    /** The process, with all of its threads, is like any other again. */
    static void giveBack(long pid) throws IOException, InterruptedException {
        int status = new ProcessBuilder("chrt", "--all-tasks", "--other", "--pid", "0", Long.toString(pid))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        if (status != 0) {
            throw new IOException("chrt ended with " + status + " for process " + pid);
        }
    }
}
