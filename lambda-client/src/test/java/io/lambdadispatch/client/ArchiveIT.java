package io.lambdadispatch.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lambdadispatch.client.channel.Channel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The client starts from its archive of classes where that fits, and without a word without it where it does not. The JVM itself
 * tells where each class comes from.
 */
@Tag("processes")
class ArchiveIT {
    private static final Path BUILT = RuntimeRig.target().resolve("lambda-dispatch-client");
    private static final Pattern JAVA_VERSION = Pattern.compile("(?m)^JAVA_VERSION=\"(\\d+)");

    /** Since this one the archive is an AOT cache. */
    private static final int AOT_CACHE = 24;

    private enum Java {
        OF_THE_BUILD,
        /** With an AOT cache. */
        NEWEST
    }

    @TempDir
    private static Path shared;

    @TempDir
    private Path directory;

    private ScriptedApp app;
    private RuntimeRig rig;

    @BeforeEach
    void begin(TestInfo test) throws Exception {
        app = new ScriptedApp();
        rig = new RuntimeRig("archive-it-" + test.getTestMethod().orElseThrow().getName());
        rig.environment.put("LAMBDA_DISPATCH_PORT", Integer.toString(app.port()));
        rig.environment.put("LAMBDA_DISPATCH_JAVA_OPTS", "-Xlog:class+load:file=" + directory.resolve("classes"));
    }

    @AfterEach
    void end() throws Exception {
        rig.close();
        app.close();
    }

    /** Starts that client, and has it serve a request. */
    private void serveWith(Path client) throws Exception {
        rig.bootstrap = client.resolve("bootstrap");
        rig.start();
        rig.invoke(false);
        String answer = rig.router
                .nextChannel()
                .send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
                .end()
                .answer();
        assertTrue(answer.endsWith("hello"), answer);
    }

    private void assertFromArchive(boolean expected) throws IOException {
        for (String name : List.of(DispatchHandler.class.getName(), Channel.class.getName())) {
            String source = sourceOf(name);
            assertEquals(expected, source.startsWith("shared objects file"), name + " comes from " + source);
        }
    }

    private String sourceOf(String name) throws IOException {
        String classes = Files.readString(directory.resolve("classes"));
        Matcher found = Pattern.compile(Pattern.quote(name) + " source: (.*)").matcher(classes);
        assertTrue(found.find(), name + " is not loaded");
        return found.group(1);
    }

    /** Nothing but the two lines that each invoke has at its begin and its end. */
    private void assertNoNoise() throws IOException {
        for (String line : rig.log().split("\n", -1)) {
            assertTrue(line.isEmpty() || line.startsWith("INFO DispatchHandler - invoke "), line);
        }
    }

    private static Path copyOf(Path original, Path copy) throws IOException {
        try (Stream<Path> all = Files.walk(original)) {
            for (Path each : (Iterable<Path>) all::iterator) {
                Files.copy(
                        each, copy.resolve(original.relativize(each).toString()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        return copy;
    }

    private Path copyOfTheClient(Java java) throws Exception {
        Path original = BUILT;
        if (java == Java.NEWEST) {
            rig.environment.put("JAVA_HOME", newestJava().toString());
            original = clientWithAotCache();
        }
        return copyOf(original, directory.resolve("a copy"));
    }

    /** Made once, which takes a while. */
    private static synchronized Path clientWithAotCache() throws Exception {
        Path client = shared.resolve("client");
        if (!Files.exists(client)) {
            copyOf(BUILT, client);
            ProcessBuilder make = new ProcessBuilder(
                            client.resolve("make-archive").toString())
                    .redirectErrorStream(true)
                    .redirectOutput(RuntimeRig.target()
                            .resolve("archive-it-make-archive.log")
                            .toFile());
            make.environment().put("JAVA_HOME", newestJava().toString());
            assertEquals(0, make.start().waitFor(), "archive-it-make-archive.log tells why");
            assertTrue(archiveIn(client).endsWith("client.aot"));
        }
        return client;
    }

    private static Path archiveIn(Path client) {
        Path aot = client.resolve("archive/client.aot");
        return Files.exists(aot) ? aot : client.resolve("archive/client.jsa");
    }

    @Test
    void theArchiveOfTheBuildIsUsed() throws Exception {
        serveWith(BUILT);
        assertFromArchive(true);
        assertNoNoise();
    }

    @ParameterizedTest
    @EnumSource
    void itIsUsedInAnotherDirectoryToo(Java java) throws Exception {
        serveWith(copyOfTheClient(java));
        assertFromArchive(true);
        assertNoNoise();
    }

    @Test
    void anotherJavaStartsWithoutIt() throws Exception {
        Path other = newestJava();
        assumeTrue(!Files.isSameFile(other, Path.of(System.getProperty("java.home"))), "only one Java here");
        rig.environment.put("JAVA_HOME", other.toString());
        serveWith(BUILT);
        assertFromArchive(false);
        assertNoNoise();
    }

    @Test
    void anArchiveThatClaimsToBeAnotherJavasIsNotUsed() throws Exception {
        Path client = copyOfTheClient(Java.OF_THE_BUILD);
        Files.writeString(client.resolve("archive/made-by"), "JAVA_VERSION=\"1\"\n");
        serveWith(client);
        assertFromArchive(false);
        assertNoNoise();
    }

    @Test
    void aMissingArchiveIsNotMissed() throws Exception {
        Path client = copyOfTheClient(Java.OF_THE_BUILD);
        Files.delete(archiveIn(client));
        serveWith(client);
        assertFromArchive(false);
        assertNoNoise();
    }

    @ParameterizedTest
    @EnumSource
    void aCorruptArchiveIsPassedOver(Java java) throws Exception {
        Path client = copyOfTheClient(java);
        Path archive = archiveIn(client);
        Files.setPosixFilePermissions(
                archive, EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));
        Files.write(archive, new byte[4096], StandardOpenOption.WRITE);
        serveWith(client);
        assertFromArchive(false);
        assertNoNoise();
    }

    @ParameterizedTest
    @EnumSource
    void jarsOfAnotherTimeAreNotWorthAWord(Java java) throws Exception {
        Path client = copyOfTheClient(java);
        Files.setLastModifiedTime(client.resolve("lib/lambda-dispatch-client.jar"), FileTime.from(Instant.now()));
        serveWith(client);
        assertNoNoise();
    }

    @Test
    void theLayersArchiveIsUsedWhereAwsHasUnpackedIt() throws Exception {
        assumeTrue(RuntimeRig.layer().isPresent(), RuntimeRig.NO_LAYER);
        Path layer = unpackedAsInUtc(RuntimeRig.layer().orElseThrow());
        rig.environment.remove("JAVA_HOME");
        serveWith(layer.resolve("lambda-dispatch"));
        assertFromArchive(true);
        assertNoNoise();
    }

    /** Zip files tell times of day without a zone; a machine of AWS is in UTC, whatever this one and the build are in. */
    private Path unpackedAsInUtc(Path file) throws IOException {
        Path to = directory.resolve("opt");
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                Path unpacked = to.resolve(entry.getName());
                if (entry.isDirectory()) {
                    continue;
                }
                Files.createDirectories(unpacked.getParent());
                Files.copy(zip.getInputStream(entry), unpacked);
                boolean executable =
                        entry.getName().matches("bootstrap|.*/(run|bootstrap|make-archive|bin/.*|jspawnhelper)");
                assertTrue(unpacked.toFile().setExecutable(executable));
                Files.setLastModifiedTime(
                        unpacked, FileTime.from(entry.getTimeLocal().toInstant(ZoneOffset.UTC)));
            }
        }
        return to;
    }

    /** One with an AOT cache: the build's own, one that a variable JAVA_HOME… names, or one installed beside the build's. */
    private static Path newestJava() throws IOException {
        Path own = Path.of(System.getProperty("java.home")).toRealPath();
        Stream<Path> named = System.getenv().entrySet().stream()
                .filter(variable -> variable.getKey().startsWith("JAVA_HOME"))
                .map(variable -> Path.of(variable.getValue()));
        try (Stream<Path> beside = Files.list(own.getParent())) {
            Optional<Path> found = Stream.of(Stream.of(own), named, beside)
                    .flatMap(all -> all)
                    .filter(java -> versionOf(java) >= AOT_CACHE)
                    .findFirst();
            assumeTrue(found.isPresent(), "no JDK of " + AOT_CACHE + " or newer here; JAVA_HOME_25 may name one");
            return found.get();
        }
    }

    private static int versionOf(Path java) {
        try {
            Matcher version = JAVA_VERSION.matcher(Files.readString(java.resolve("release")));
            return version.find() ? Integer.parseInt(version.group(1)) : 0;
        } catch (IOException e) {
            return 0;
        }
    }
}
