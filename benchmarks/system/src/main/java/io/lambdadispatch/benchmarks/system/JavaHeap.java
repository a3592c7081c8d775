package io.lambdadispatch.benchmarks.system;

import com.sun.management.ThreadMXBean;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** Counts what a JVM of this machine allocates: each thread's own count of bytes, to which no collector makes a difference. */
public final class JavaHeap implements AutoCloseable {
    private final JMXConnector connector;
    private final ThreadMXBean threads;

    private JavaHeap(JMXConnector connector) throws IOException {
        this.connector = connector;
        this.threads = ManagementFactory.newPlatformMXBeanProxy(
                connector.getMBeanServerConnection(), ManagementFactory.THREAD_MXBEAN_NAME, ThreadMXBean.class);
    }

    /** Connects to the JVM, which starts its local management agent for it. */
    @SuppressWarnings("BanJNDI") // The other side is a process that this one has started.
    public static JavaHeap of(long pid) throws IOException {
        try {
            VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
            try {
                return new JavaHeap(
                        JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent())));
            } finally {
                machine.detach();
            }
        } catch (AttachNotSupportedException e) {
            throw new IOException(e);
        }
    }

    /** What each thread that there is has allocated since its start, in bytes, by its id. */
    public Map<Long, Long> allocatedByThread() {
        long[] ids = threads.getAllThreadIds();
        long[] bytes = threads.getThreadAllocatedBytes(ids);
        Map<Long, Long> all = new HashMap<>();
        for (int i = 0; i < ids.length; i++) {
            // Below zero: the thread has ended meanwhile.
            all.put(ids[i], Math.max(0, bytes[i]));
        }
        return all;
    }

    /** The bytes allocated since {@code before} by threads that there are still. */
    public long allocatedSince(Map<Long, Long> before) {
        return allocatedByThread().entrySet().stream()
                .mapToLong(thread -> thread.getValue() - before.getOrDefault(thread.getKey(), 0L))
                .filter(bytes -> bytes > 0)
                .sum();
    }

    @Override
    public void close() {
        try {
            connector.close();
        } catch (IOException e) {
            // The JVM is gone, and the connection with it.
            System.err.println("JMX: " + e);
        }
    }
}
