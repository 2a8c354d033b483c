package io.rekindle.models;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The public data sets that stand beside the project; a test that needs one is skipped where they are absent. */
public final class SharedData {
    private SharedData() {}

    /** The lines of a file under {@code shared/data}, without its heading. */
    public static List<String> rows(String file) {
        var lines = lines(file);
        return lines.subList(1, lines.size());
    }

    /** All lines of a file under {@code shared/data}. */
    public static List<String> lines(String file) {
        Path root = Path.of(System.getProperty("rekindle.root", ".."));
        Path path = root.resolve("../shared/data").resolve(file).normalize();
        assumeTrue(Files.exists(path), "skipped: " + path + " is not there");
        try (var lines = Files.lines(path)) {
            return lines.toList();
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }
}
