package io.lambdadispatch.jetty;

import io.lambdadispatch.router.config.ProcessSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * The file that holds a running router's process id. Its router keeps it locked, and the kernel lifts the lock when that process
 * ends, in whatever way: so a file that was left behind, whose process id may be somebody else's by now, is never taken for a
 * running router. It is removed at an orderly end, and at no other.
 *
 * <p>Never opened twice in one process: closing one of two would lift the lock.
 */
final class PidFile implements AutoCloseable {
    private static final int MOST_DIGITS = 20;

    private final Path path;
    private final FileChannel channel;

    /** What the file system knows the opened file by; its name may be another file's by now. */
    private final Object identity;

    private PidFile(Path path, FileChannel channel, Object identity) {
        this.path = path;
        this.channel = channel;
        this.identity = identity;
    }

    /**
     * Where the router with these settings leaves its process id: in the file that is configured, or below its home in one that
     * is named after the address and port it listens on, because no two routers can share those.
     *
     * @param home where the router is installed; {@code null} when that is not known
     * @return empty when none is configured, and none can be named
     */
    static Optional<Path> locate(ProcessSettings settings, Path home) {
        Optional<Path> configured = settings.shutdown().pidFile();
        if (configured.isPresent() || home == null) {
            return configured;
        }
        return IntStream.concat(settings.usersHttpPort().stream(), settings.usersHttpsPort().stream())
                .filter(port -> port != 0)
                .mapToObj(port -> home.resolve("run").resolve("router-" + settings.bindAddress() + '-' + port + ".pid"))
                .findFirst();
    }

    /**
     * Makes this process the one in the file.
     *
     * @throws IOException when the file cannot be written, or another running router has it
     */
    static PidFile take(Path path) throws IOException {
        while (true) {
            createUnlessThere(path);
            PidFile file = open(path);
            if (!file.tryLock()) {
                OptionalLong holder = file.pid();
                file.close();
                throw new IOException("a router with this PidFile is running already: " + path
                        + (holder.isPresent() ? " holds process id " + holder.getAsLong() : ""));
            }
            if (file.isInPlace()) {
                file.write(ProcessHandle.current().pid());
                return file;
            }
            // The router before us has removed it between our opening and locking it.
            file.close();
        }
    }

    private static void createUnlessThere(Path path) throws IOException {
        try {
            Files.createFile(path);
        } catch (FileAlreadyExistsException e) {
            // Left behind, or in use: the lock will tell.
        }
    }

    /**
     * Opens the file of a router that may be running.
     *
     * @throws NoSuchFileException when there is none
     * @throws java.nio.file.AccessDeniedException when it is somebody else's
     */
    static PidFile open(Path path) throws IOException {
        Object identity = identity(path);
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        PidFile file = new PidFile(path, channel, identity);
        if (!file.isInPlace()) {
            file.close();
            throw new NoSuchFileException(path.toString(), null, "removed while it was being opened");
        }
        return file;
    }

    private static Object identity(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    /** True when nobody has it locked: its router is not running, or not any more. The lock is ours then. */
    boolean tryLock() throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            // This very process has it.
            return false;
        }
    }

    /** Whether the file that is open here is still the one of that name. */
    boolean isInPlace() throws IOException {
        try {
            return identity.equals(identity(path));
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** The process id inside; empty when there is none. */
    OptionalLong pid() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(MOST_DIGITS);
        int size = channel.read(bytes, 0);
        String text = new String(bytes.array(), 0, Math.max(0, size), StandardCharsets.US_ASCII).strip();
        try {
            return OptionalLong.of(Long.parseLong(text));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    private void write(long pid) throws IOException {
        channel.truncate(0);
        int unused = channel.write(ByteBuffer.wrap((pid + "\n").getBytes(StandardCharsets.US_ASCII)), 0);
    }

    /** Removes it; to be called by whoever has the lock. */
    void remove() throws IOException {
        if (isInPlace()) {
            Files.delete(path);
        }
    }

    /** Lets go of it. */
    @Override
    public void close() throws IOException {
        channel.close();
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
