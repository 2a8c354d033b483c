package io.rekindle.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/** A temporary folder, deleted with all in it. */
public record Scratch(Path path) implements AutoCloseable {
    public static Scratch folder(String benchmark) throws IOException {
        return new Scratch(Files.createTempDirectory("rekindle-bench-" + benchmark + "-"));
    }

    @Override
    public void close() throws IOException {
        try (var files = Files.walk(path)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
        }
    }
}
