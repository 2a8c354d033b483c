package io.rekindle.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;

/** Temporary folders that outlive one test class but not the JVM. */
public final class TestFolders {
    private TestFolders() {}

    public static Path newFolder(String what) {
        try {
            var folder = Files.createTempDirectory("rekindle-" + what + "-");
            // Spring's, not the JVM's own: those run beside the closing of the servers, these after it, the last first.
            SpringApplication.getShutdownHandlers().add(() -> {
                delete(folder);
                // Where a server keeps the key of a data folder.
                delete(folder.resolveSibling(folder.getFileName() + ".keys"));
            });
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every file under a folder to which others may be writing: what goes away meanwhile is passed by. */
    public static List<Path> filesIn(Path folder) throws IOException {
        var files = new ArrayList<Path>();
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (attributes.isRegularFile()) files.add(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                return passing(failure);
            }

            @Override
            public FileVisitResult postVisitDirectory(Path within, @Nullable IOException failure) throws IOException {
                return failure == null ? FileVisitResult.CONTINUE : passing(failure);
            }

            private static FileVisitResult passing(IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) return FileVisitResult.CONTINUE;
                throw failure;
            }
        });
        return files;
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
