package io.rekindle.platform;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Folders and files that only their owner may look into: customers' data is nobody else's on the machine. */
public final class OwnerOnly {
    private static final Set<PosixFilePermission> FOLDER = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");

    private static final Logger LOG = LoggerFactory.getLogger(OwnerOnly.class);

    private OwnerOnly() {}

    /** Makes the folder, and the ones above it that are missing, closed from the first moment; one there stays as is. */
    public static Path folder(Path folder) throws IOException {
        return Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(FOLDER));
    }

    /** Makes the folder a file stands in, as {@link #folder} does. */
    public static void folderOf(Path file) throws IOException {
        var parent = file.toAbsolutePath().getParent();
        if (parent != null) folder(parent);
    }

    /** Makes a new file that is closed from the first moment. */
    public static Path newFile(Path file) throws IOException {
        return Files.createFile(file, PosixFilePermissions.asFileAttribute(FILE));
    }

    /** Closes what is there, a file or a folder without what is in it. */
    public static void close(Path path) throws IOException {
        Files.setPosixFilePermissions(path, Files.isDirectory(path) ? FOLDER : FILE);
    }

    /** Deletes what is in the folder, as far as it can be: cleaning up after a failure must not hide it. */
    public static void empty(Path folder) {
        if (!Files.isDirectory(folder)) return;
        try (var files = Files.list(folder)) {
            for (var file : files.toList()) delete(file);
        } catch (IOException e) {
            LOG.warn("{} could not be cleaned up: {}", folder, e.getMessage());
        }
    }

    /** Deletes a file, or a folder with all that is in it, as far as it can be. */
    static void delete(Path path) {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) return;
        try (var files = Files.walk(path)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        } catch (IOException e) {
            LOG.warn("{} could not be cleaned up: {}", path, e.getMessage());
        }
    }

    /** Takes from everybody but the owner every right to what is in the folder, and to the folder. */
    public static void closeAll(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                return visitFile(directory, attributes);
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (attributes.isSymbolicLink()) return FileVisitResult.CONTINUE;
                var rights = Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS);
                // The owner's rights stay: some of the files are programs.
                if (rights.removeIf(right -> !right.name().startsWith("OWNER_")))
                    Files.setPosixFilePermissions(file, rights);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
