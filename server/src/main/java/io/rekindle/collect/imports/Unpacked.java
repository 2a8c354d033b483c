package io.rekindle.collect.imports;

import io.rekindle.platform.Problem;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** What a packed file unpacks to, as far as a file of rows does: text of rows packs to a tenth, repetition to a thousandth. */
final class Unpacked extends FilterInputStream {
    private static final long ALWAYS = 1L << 30;
    private static final long MOST_TIMES = 200;

    private final long most;
    private long read;

    Unpacked(InputStream in, long packed) {
        this(in, packed, ALWAYS);
    }

    Unpacked(InputStream in, long packed, long always) {
        super(in);
        this.most = Math.max(always, packed * MOST_TIMES);
    }

    @Override
    public int read() throws IOException {
        int one = super.read();
        if (one >= 0) count(1);
        return one;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        int some = super.read(into, offset, length);
        if (some > 0) count(some);
        return some;
    }

    @Override
    public long skip(long bytes) throws IOException {
        long skipped = super.skip(bytes);
        count(skipped);
        return skipped;
    }

    private void count(long bytes) {
        read += bytes;
        if (read > most)
            throw Problem.invalid(
                            "file_unpacks_too_large",
                            "the file unpacks to more than {times} times its size, as no file of rows does; unpack it and send it so")
                    .with("times", MOST_TIMES);
    }
}
