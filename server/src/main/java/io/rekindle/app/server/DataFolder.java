package io.rekindle.app.server;

import io.rekindle.platform.OwnerOnly;
import io.rekindle.platform.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * One data folder, one server: {@code server.lock} is held while a server runs, and {@code server.json} (readable by its
 * owner only) tells other commands where it listens and with which token of this run they may come in.
 */
public final class DataFolder {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path path;

    public DataFolder(Path path) {
        this.path = path.toAbsolutePath().normalize();
    }

    public Path path() {
        return path;
    }

    /** Where the running server is, and the token of its run. */
    public record Announcement(long pid, String url, String token) {
        @Override
        public String toString() {
            return "Announcement[%d, %s]".formatted(pid, url);
        }
    }

    /** The folder taken by this process; closing gives it back. */
    public static final class Taken implements AutoCloseable {
        private final DataFolder folder;
        private final FileChannel channel;
        private final FileLock lock;

        private Taken(DataFolder folder, FileChannel channel, FileLock lock) {
            this.folder = folder;
            this.channel = channel;
            this.lock = lock;
        }

        /** Tells other commands of this machine and user where the server is. */
        public void announce(Announcement announcement) {
            var file = folder.announcementFile();
            try {
                Files.deleteIfExists(file);
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                Files.write(file, JSON.writeValueAsBytes(announcement));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            try {
                Files.deleteIfExists(folder.announcementFile());
                lock.release();
                channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Takes the folder, making it when it is not there; a {@link Problem} {@code data_folder_in_use} when it is taken. */
    public Taken take() {
        return tryTake().orElseThrow(() -> {
            var where = announcement();
            return Problem.conflict(
                    "data_folder_in_use",
                    where == null
                            ? "a server is starting on the data folder %s; stop that one or choose another with --data"
                                    .formatted(path)
                            : "the data folder %s is used by the server at %s (pid %d); stop that one or choose another with --data"
                                    .formatted(path, where.url(), where.pid()));
        });
    }

    private Optional<Taken> tryTake() {
        try {
            var file = path.resolve("server.lock");
            closeToOthers(file);
            var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            OwnerOnly.close(file);
            FileLock lock;
            try {
                lock = channel.tryLock();
            } catch (OverlappingFileLockException e) {
                lock = null;
            }
            if (lock == null) {
                channel.close();
                return Optional.empty();
            }
            // One that was killed could not take its announcement back.
            Files.deleteIfExists(announcementFile());
            return Optional.of(new Taken(this, channel, lock));
        } catch (IOException e) {
            throw Problem.invalid(
                    "data_folder_unusable", "the data folder %s cannot be used: %s".formatted(path, e.getMessage()));
        }
    }

    /** Makes the folder, or closes one that is ours: one that is empty or was ours before, and not shared by design. */
    private void closeToOthers(Path lock) throws IOException {
        OwnerOnly.folder(path);
        if (Files.getPosixFilePermissions(path).contains(PosixFilePermission.OTHERS_WRITE)) return;
        try (var files = Files.list(path)) {
            if (Files.exists(lock) || files.findAny().isEmpty()) OwnerOnly.close(path);
        }
    }

    /** The server that runs on this folder now, if one does. */
    public Optional<Announcement> runningServer() {
        if (!Files.isDirectory(path)) return Optional.empty();
        var free = tryTake();
        if (free.isPresent()) {
            free.get().close();
            return Optional.empty();
        }
        var where = announcement();
        if (where == null)
            throw Problem.conflict(
                    "server_starting",
                    "a server is starting on the data folder %s; try again in a moment".formatted(path));
        return Optional.of(where);
    }

    private @Nullable Announcement announcement() {
        var file = announcementFile();
        try {
            return Files.exists(file) ? JSON.readValue(Files.readAllBytes(file), Announcement.class) : null;
        } catch (IOException e) {
            return null;
        }
    }

    private Path announcementFile() {
        return path.resolve("server.json");
    }
}
