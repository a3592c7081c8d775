package io.lambdadispatch.router.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/** A file of the page, as it lies beside this class. Thread-safe. */
public final class PageFile {
    private static final int TAG_LENGTH = 16;

    private static final Map<String, PageFile> FILES = Map.of(
            "/console", new PageFile("console.html", "text/html;charset=utf-8"),
            "/console/console.css", new PageFile("console.css", "text/css;charset=utf-8"),
            "/console/console.js", new PageFile("console.js", "text/javascript;charset=utf-8"),
            "/console/chart.js", new PageFile("chart.js", "text/javascript;charset=utf-8"),
            "/console/icon.svg", new PageFile("icon.svg", "image/svg+xml"));

    private final byte[] content;
    private final String contentType;
    private final String entityTag;

    private PageFile(String name, String contentType) {
        this.content = read(name);
        this.contentType = contentType;
        this.entityTag = '"' + HexFormat.of().formatHex(sha256(content)).substring(0, TAG_LENGTH) + '"';
    }

    private static byte[] read(String name) {
        try (InputStream file = PageFile.class.getResourceAsStream(name)) {
            return file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }

    private static byte[] sha256(byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** The file at that path, if there is one. */
    public static Optional<PageFile> at(String path) {
        return Optional.ofNullable(FILES.get(path));
    }

    /** A copy of its bytes. */
    public byte[] content() {
        return content.clone();
    }

    /** For {@code Content-Type}. */
    public String contentType() {
        return contentType;
    }

    /** For {@code ETag}: another one when the content is another one. */
    public String entityTag() {
        return entityTag;
    }
}
