package io.rekindle.collect.imports;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** What a file was like: one of another size, or written to since, is another. */
record FileMark(long bytes, Instant modified) {
    static FileMark of(Path file) {
        try {
            return new FileMark(
                    Files.size(file),
                    Files.getLastModifiedTime(file).toInstant().truncatedTo(ChronoUnit.MICROS));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isOf(Path file) {
        return Files.isRegularFile(file) && of(file).equals(this);
    }
}
