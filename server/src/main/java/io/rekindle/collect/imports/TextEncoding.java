package io.rekindle.collect.imports;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Which encoding a text without a byte-order mark is in: UTF-8 when all of it is, which nothing else is by chance; else
 * GB18030 (of which GBK and GB2312 are parts) when all of it is and most of its characters are the common ones of Chinese
 * or its punctuation. Nearly any pair of bytes is some rare Chinese character, so German or French text in windows-1252
 * often is well-formed GB18030 too; but then the characters are rare ones. Whatever is neither has to be said.
 */
final class TextEncoding {
    private static final String CHINESE = "GB18030";
    private static final int BLOCK = 1 << 16;
    /** Of the level of common characters and punctuation (rows 1 to 3 and 16 to 55 of GB 2312): so many of ten. */
    private static final int COMMON_OF_TEN = 7;

    private TextEncoding() {}

    /** The encoding's name; null when it is UTF-8, has a mark, or cannot be told. */
    static @Nullable String of(Callable<InputStream> text) throws Exception {
        try (var in = text.call()) {
            var head = in.readNBytes(3);
            if (hasMark(head)) return null;
        }
        try (var in = text.call()) {
            if (isUtf8(in)) return null;
        }
        try (var in = text.call()) {
            return isChinese(in) ? CHINESE : null;
        }
    }

    private static boolean hasMark(byte[] head) {
        if (head.length < 2) return false;
        int first = head[0] & 0xff;
        int second = head[1] & 0xff;
        return (first == 0xff && second == 0xfe)
                || (first == 0xfe && second == 0xff)
                || (head.length == 3 && first == 0xef && second == 0xbb && (head[2] & 0xff) == 0xbf);
    }

    private static boolean isUtf8(InputStream in) throws IOException {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        var bytes = ByteBuffer.allocate(BLOCK);
        var chars = CharBuffer.allocate(BLOCK);
        boolean ended = false;
        while (!ended) {
            int read = in.readNBytes(bytes.array(), bytes.position(), bytes.remaining());
            ended = read < bytes.remaining();
            bytes.position(bytes.position() + read).flip();
            if (decoder.decode(bytes, chars, ended).isError()) return false;
            bytes.compact();
            chars.clear();
        }
        return true;
    }

    private static boolean isChinese(InputStream stream) throws IOException {
        long all = 0;
        long common = 0;
        var in = new java.io.BufferedInputStream(stream, BLOCK);
        for (int first = in.read(); first >= 0; first = in.read()) {
            if (first < 0x80) continue;
            if (first == 0x80 || first == 0xff) return false;
            int second = in.read();
            if (second >= 0x30 && second <= 0x39) {
                int third = in.read();
                int fourth = in.read();
                if (third < 0x81 || third > 0xfe || fourth < 0x30 || fourth > 0x39) return false;
            } else if (second < 0x40 || second == 0x7f || second > 0xfe) return false;
            all++;
            boolean isCommonRow = (first >= 0xb0 && first <= 0xd7) || (first >= 0xa1 && first <= 0xa3);
            if (isCommonRow && second >= 0xa1) common++;
        }
        return all > 0 && common * 10 >= all * COMMON_OF_TEN;
    }
}
