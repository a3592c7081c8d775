package io.lambdadispatch.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.Size;

/** Whatever is written is read again, wherever it is split. */
class HeadRoundTripTest {
    private static final String TOKEN = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    record Field(String name, String value) {}

    @Provide
    Arbitrary<List<Field>> fields() {
        Arbitrary<Character> bytes = Arbitraries.oneOf(
                Arbitraries.chars().range(' ', '~'),
                Arbitraries.chars().range('\u0080', '\u00ff'),
                Arbitraries.just('\t'));
        Arbitrary<String> value = bytes.list().ofMaxSize(60).map(HeadRoundTripTest::join);
        return Combinators.combine(token(), value.map(HeadRoundTripTest::strip))
                .as(Field::new)
                .list()
                .ofMaxSize(40);
    }

    @Provide
    Arbitrary<String> token() {
        Arbitrary<String> any = Arbitraries.strings()
                .withChars(TOKEN.toCharArray())
                .ofMinLength(1)
                .ofMaxLength(20);
        return Arbitraries.oneOf(any, Arbitraries.of("Host", "host", "Content-Length", "Set-Cookie", "GET"));
    }

    @Provide
    Arbitrary<String> target() {
        return Arbitraries.strings().withCharRange('!', '~').ofMinLength(1).ofMaxLength(80);
    }

    private static String join(List<Character> chars) {
        StringBuilder text = new StringBuilder();
        chars.forEach(text::append);
        return text.toString();
    }

    /** As a reader does: blanks around a value are no part of it; other white space is, such as U+0085. */
    private static String strip(String text) {
        return text.replaceAll("^[ \t]+|[ \t]+$", "");
    }

    @Property
    void aRequest(
            @ForAll("token") String method,
            @ForAll("target") String target,
            @ForAll("fields") List<Field> fields,
            @ForAll @NotEmpty @Size(max = 5) List<@IntRange(min = 1, max = 70) Integer> sizes)
            throws ProtocolException {
        HeadWriter writer = new HeadWriter(HeadReader.DEFAULT_MAX_BYTES);
        writer.requestLine(method, target, null);
        Head head = writeAndRead(writer, fields, sizes);
        assertEquals(method, head.method());
        assertEquals(target, head.target());
        assertEquals(fields, fieldsOf(head));
    }

    @Property
    void aResponse(
            @ForAll @IntRange(min = 100, max = 999) int status,
            @ForAll String reason,
            @ForAll("fields") List<Field> fields,
            @ForAll @NotEmpty @Size(max = 5) List<@IntRange(min = 1, max = 70) Integer> sizes)
            throws ProtocolException {
        HeadWriter writer = new HeadWriter(HeadReader.DEFAULT_MAX_BYTES);
        writer.statusLine(status, reason);
        Head head = writeAndRead(writer, fields, sizes);
        assertEquals(status, head.status());
        assertEquals(fields, fieldsOf(head));
    }

    /** Any text at all, as a container might hand it over: it is refused, or it stays one field. */
    @Property
    void noValueSmugglesAField(@ForAll String name, @ForAll String value) throws ProtocolException {
        HeadWriter writer = new HeadWriter(HeadReader.DEFAULT_MAX_BYTES);
        writer.requestLine("GET", "/", null);
        try {
            writer.field(name, value);
        } catch (ProtocolException e) {
            return;
        }
        writer.end();
        HeadReader reader = new HeadReader(HeadReader.DEFAULT_MAX_BYTES);
        ByteBuffer in = writer.toBuffer();
        assertTrue(reader.read(in));
        assertFalse(in.hasRemaining());
        assertEquals(1, reader.head().fieldCount());
        assertEquals(name, reader.head().name(0));
    }

    /** Any bytes at all: the reader says so or reads them, and never fails in another way. */
    @Property
    void arbitraryBytesAreReadOrRefused(@ForAll @Size(max = 300) byte[] bytes) {
        HeadReader reader = new HeadReader(200);
        try {
            if (reader.read(ByteBuffer.wrap(bytes))) {
                reader.head().fieldCount();
                reader.head().contentLength();
                reader.head().status();
            }
        } catch (ProtocolException e) {
            assertFalse(e.getMessage().isEmpty());
        }
    }

    private static Head writeAndRead(HeadWriter writer, List<Field> fields, List<Integer> sizes)
            throws ProtocolException {
        for (Field field : fields) {
            writer.field(field.name(), field.value());
        }
        writer.end();
        byte[] bytes = new byte[writer.length()];
        writer.toBuffer().get(bytes);
        HeadReader reader = new HeadReader(HeadReader.DEFAULT_MAX_BYTES);
        boolean isComplete = false;
        for (ByteBuffer piece : Bytes.split(bytes, sizes)) {
            assertFalse(isComplete, "complete before its end");
            isComplete = reader.read(piece);
            assertFalse(piece.hasRemaining());
        }
        assertTrue(isComplete);
        return reader.head();
    }

    private static List<Field> fieldsOf(Head head) {
        List<Field> fields = new ArrayList<>();
        for (int i = 0; i < head.fieldCount(); i++) {
            fields.add(new Field(head.name(i), head.value(i)));
        }
        return fields;
    }
}
