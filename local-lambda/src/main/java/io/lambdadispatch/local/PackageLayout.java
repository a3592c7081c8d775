package io.lambdadispatch.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A function's package and layers, laid out as AWS does: the package in {@code /var/task}, the layers, one over the other, in
 * {@code /opt}; permissions and times as the zip files have them. Both directories lie below one of local-lambda's own, so
 * values of variables that name them are translated.
 */
final class PackageLayout {
    private static final Pattern AWS_PATH = Pattern.compile("(?<![\\w/.-])(/var/task|/opt)(?=/|\\b)");

    private final Path task;
    private final Path opt;

    private PackageLayout(Path task, Path opt) {
        this.task = task;
        this.opt = opt;
    }

    /**
     * Unpacks into {@code directory}.
     *
     * @param code a zip file or a directory
     * @param layers zip files or directories, later ones over earlier ones
     * @throws IOException when one cannot be read; its message names it
     */
    static PackageLayout of(Path code, List<Path> layers, Path directory) throws IOException {
        PackageLayout layout = new PackageLayout(directory.resolve("var").resolve("task"), directory.resolve("opt"));
        unpack(code, layout.task);
        Files.createDirectories(layout.opt);
        for (Path layer : layers) {
            unpack(layer, layout.opt);
        }
        return layout;
    }

    private static void unpack(Path source, Path target) throws IOException {
        Files.createDirectories(target);
        if (Files.isDirectory(source)) {
            copyTree(source, target);
            return;
        }
        // The zip library for streams would lose the permissions, and with them whatever is to be executed.
        try (FileSystem zip = FileSystems.newFileSystem(source, Map.of("enablePosixFileAttributes", "true"))) {
            copyTree(zip.getPath("/"), target);
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            throw new IOException(source + " cannot be unpacked: " + e.getMessage(), e);
        }
    }

    private static void copyTree(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes unused) throws IOException {
                Files.createDirectories(counterpart(directory));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Path copy = counterpart(file);
                Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
                Files.setPosixFilePermissions(copy, Files.getPosixFilePermissions(file));
                Files.setLastModifiedTime(copy, attributes.lastModifiedTime());
                return FileVisitResult.CONTINUE;
            }

            private Path counterpart(Path file) {
                return to.resolve(from.relativize(file).toString());
            }
        });
    }

    /** What AWS calls {@code /var/task}. */
    Path task() {
        return task;
    }

    /** What AWS calls {@code /opt}. */
    Path opt() {
        return opt;
    }

    /** A variable's value, with paths below {@code /var/task} and {@code /opt} as they are on this machine. */
    String translate(String value) {
        return AWS_PATH.matcher(value)
                .replaceAll(found ->
                        Matcher.quoteReplacement(found.group(1).equals("/opt") ? opt.toString() : task.toString()));
    }

    /** Removes the layout. */
    static void remove(Path directory) {
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes unused) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, IOException unused) throws IOException {
                    Files.delete(visited);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
