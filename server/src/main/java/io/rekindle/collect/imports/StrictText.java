package io.rekindle.collect.imports;

import io.rekindle.platform.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Bytes as text, taken at their word: what is no character of the encoding stops the reading and names the line. A
 * replacement character in its place would make one customer of two whose names differ there.
 */
final class StrictText extends Reader {
    private static final int BLOCK = 1 << 14;

    private final InputStream in;
    private final Charset encoding;
    private final CharsetDecoder decoder;
    private final ByteBuffer bytes = ByteBuffer.allocate(BLOCK).flip();
    private long line = 1;
    private boolean afterReturn;
    private boolean ended;
    private boolean finished;

    /** @param given the encoding's name; null: by the byte-order mark, UTF-8 without one */
    StrictText(InputStream in, @Nullable String given) throws IOException {
        this.in = in;
        bytes.compact();
        fill();
        var marked = marked();
        this.encoding = given != null ? named(given) : marked != null ? marked : StandardCharsets.UTF_8;
        // UTF-16 reads its own mark, to know the order of bytes.
        if (marked != null && sameFamily(marked, encoding) && !encoding.equals(StandardCharsets.UTF_16))
            bytes.position(marked.equals(StandardCharsets.UTF_8) ? 3 : 2);
        this.decoder = encoding.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
    }

    String encoding() {
        return encoding.name();
    }

    /** The encoding of this name, or a {@link Problem} {@code encoding_unknown}. */
    static Charset named(String name) {
        try {
            return Charset.forName(name.strip());
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            throw Problem.invalid(
                            "encoding_unknown",
                            "there is no encoding '{name}'; UTF-8, UTF-16, GB18030, Big5, Shift_JIS, ISO-8859-1 and windows-1252 are some")
                    .with("name", name);
        }
    }

    private @Nullable Charset marked() {
        int n = bytes.remaining();
        int first = n > 0 ? bytes.get(0) & 0xff : -1;
        int second = n > 1 ? bytes.get(1) & 0xff : -1;
        if (first == 0xef && second == 0xbb && n > 2 && (bytes.get(2) & 0xff) == 0xbf) return StandardCharsets.UTF_8;
        if (first == 0xff && second == 0xfe) return StandardCharsets.UTF_16LE;
        if (first == 0xfe && second == 0xff) return StandardCharsets.UTF_16BE;
        return null;
    }

    private static boolean sameFamily(Charset marked, Charset used) {
        return marked.name()
                .substring(0, 5)
                .equals(used.name().substring(0, Math.min(5, used.name().length())));
    }

    @Override
    public int read(char[] into, int offset, int length) throws IOException {
        if (length == 0) return 0;
        var chars = CharBuffer.wrap(into, offset, length);
        while (!finished) {
            var result = decoder.decode(bytes, chars, ended);
            count(into, offset, chars.position() - offset);
            if (result.isError()) throw unreadable(result.length());
            if (ended && result.isUnderflow()) {
                decoder.flush(chars);
                finished = true;
            }
            if (chars.position() > offset) return chars.position() - offset;
            if (finished) break;
            bytes.compact();
            fill();
        }
        return -1;
    }

    private void fill() throws IOException {
        int read = in.readNBytes(bytes.array(), bytes.position(), bytes.remaining());
        ended = read < bytes.remaining();
        bytes.position(bytes.position() + read).flip();
    }

    private void count(char[] chars, int from, int length) {
        for (int i = from; i < from + length; i++) {
            char c = chars[i];
            if (c == '\r' || (c == '\n' && !afterReturn)) line++;
            afterReturn = c == '\r';
        }
    }

    private Problem unreadable(int length) {
        var found = new StringBuilder();
        for (int i = 0; i < Math.min(length, bytes.remaining()); i++)
            found.append(i == 0 ? "" : " ").append("%02X".formatted(bytes.get(bytes.position() + i)));
        return Problem.invalid(
                        "file_encoding",
                        "line {line} is not text in {encoding} (bytes {bytes} are no character of it); say which encoding the file has, e.g. GB18030 or windows-1252, or save it as UTF-8")
                .with("line", line)
                .with("encoding", encoding.name())
                .with("bytes", found.toString().toUpperCase(Locale.ROOT));
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
