package io.rekindle.platform.database;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PostgreSQL's programs, unpacked once and kept beside the build for the next data folder: unpacking them takes longer
 * than all the rest of a first start. Whoever starts Rekindle says where by the system property {@value #PROPERTY}; a
 * data folder always has a copy of its own, so nothing depends on this one staying. It is as trusted as the program's
 * jars, which lie next to it.
 */
final class UnpackedBinaries {
    static final String PROPERTY = "rekindle.postgres-binaries";

    private static final Logger LOG = LoggerFactory.getLogger(UnpackedBinaries.class);

    private UnpackedBinaries() {}

    private static Optional<Path> kept() {
        return Optional.ofNullable(System.getProperty(PROPERTY))
                .filter(said -> !said.isBlank())
                .map(Path::of);
    }

    /** Copies what is kept into a data folder that has none yet. */
    static void copyTo(Path binaries) throws IOException {
        var kept = kept();
        if (kept.isPresent() && Files.isDirectory(kept.get()) && !Files.exists(binaries)) copy(kept.get(), binaries);
    }

    /** Keeps a data folder's programs for the next one, unless some are kept; failing to is no fault. */
    static void keep(Path binaries) {
        var kept = kept();
        if (kept.isEmpty() || Files.exists(kept.get()) || !Files.isDirectory(binaries)) return;
        try {
            var making = kept.get()
                    .resolveSibling(kept.get().getFileName() + "."
                            + ProcessHandle.current().pid());
            copy(binaries, making);
            Files.move(making, kept.get(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOG.info("PostgreSQL's programs are not kept for the next data folder: {}", e.getMessage());
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                Files.createDirectories(to.resolve(from.relativize(folder)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) throws IOException {
                if (failure != null) throw failure;
                // By the folders' times the library sees whether they are all there.
                Files.setLastModifiedTime(to.resolve(from.relativize(folder)), Files.getLastModifiedTime(folder));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.copy(
                        file,
                        to.resolve(from.relativize(file)),
                        StandardCopyOption.COPY_ATTRIBUTES,
                        LinkOption.NOFOLLOW_LINKS);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
