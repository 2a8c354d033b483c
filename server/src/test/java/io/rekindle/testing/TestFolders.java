package io.rekindle.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/** Temporary folders that outlive one test class but not the JVM. */
public final class TestFolders {
    private TestFolders() {}

    public static Path newFolder(String what) {
        try {
            var folder = Files.createTempDirectory("rekindle-" + what + "-");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                delete(folder);
                // Where a server keeps the key of a data folder.
                delete(folder.resolveSibling(folder.getFileName() + ".keys"));
            }));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void delete(Path folder) {
        if (!Files.exists(folder)) return;
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
        } catch (IOException | UncheckedIOException e) {
            // A file that is still being closed by another hook: the system's own cleaning takes the folder.
            System.err.println("left behind: " + folder);
        }
    }
}
