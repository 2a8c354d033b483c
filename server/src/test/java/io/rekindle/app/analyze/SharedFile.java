package io.rekindle.app.analyze;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** The public data sets that stand beside the project; a test that needs one is skipped where they are absent. */
final class SharedFile {
    private SharedFile() {}

    static Path of(String name) {
        var path = Path.of(System.getProperty("rekindle.root", ".."))
                .resolve("../shared/data")
                .resolve(name)
                .normalize();
        assumeTrue(Files.exists(path), "skipped: " + path + " is not there");
        return path;
    }
}
