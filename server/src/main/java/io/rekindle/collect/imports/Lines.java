package io.rekindle.collect.imports;

import java.io.Closeable;
import java.io.IOException;
import java.io.Reader;
import org.jspecify.annotations.Nullable;

/** Lines of a text, of which none takes more memory than one may: a file of three megabytes can unpack to one line of three gigabytes. */
final class Lines implements Closeable {
    /** Characters, as many as a row of CSV may have. */
    static final int LONGEST = 1 << 24;

    private static final int BLOCK = 1 << 14;

    private final Reader in;
    private final char[] block = new char[BLOCK];
    private int at;
    private int end;
    private boolean afterReturn;

    Lines(Reader in) {
        this.in = in;
    }

    /** @param isCut whether it is longer than a line may be: then {@code text} is how it begins */
    record Line(String text, boolean isCut) {}

    /** The next line without what ends it; null at the end. */
    @Nullable
    Line next() throws IOException {
        var text = new StringBuilder();
        boolean isThere = false;
        boolean isCut = false;
        while (true) {
            if (at == end && !fill()) return isThere ? new Line(text.toString(), isCut) : null;
            if (afterReturn) {
                afterReturn = false;
                if (block[at] == '\n') {
                    at++;
                    continue;
                }
            }
            int from = at;
            while (at < end && block[at] != '\n' && block[at] != '\r') at++;
            int taken = Math.min(at - from, LONGEST - text.length());
            text.append(block, from, taken);
            isCut |= taken < at - from;
            isThere = true;
            if (at == end) continue;
            afterReturn = block[at] == '\r';
            at++;
            return new Line(text.toString(), isCut);
        }
    }

    private boolean fill() throws IOException {
        at = 0;
        end = Math.max(0, in.read(block, 0, BLOCK));
        return end > 0;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
