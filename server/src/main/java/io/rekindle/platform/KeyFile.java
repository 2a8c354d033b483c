package io.rekindle.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file with the master key of personal data: one line of 64 hexadecimal digits, readable by its owner only. It
 * stands outside both stores and is backed up apart, so that neither a stolen store nor a stolen backup tells names.
 */
final class KeyFile {
    private static final String NAME = "rekindle.key";

    private KeyFile() {}

    /** See {@link PlatformSettings#defaultKeyFile}. */
    static Path defaultFor(Path data) {
        var inside = data.resolve("keys").resolve(NAME);
        var folder = data.toAbsolutePath().normalize();
        if (folder.getFileName() == null) return inside;
        var beside = folder.resolveSibling(folder.getFileName() + ".keys").resolve(NAME);
        if (Files.exists(inside)) return inside;
        return Files.exists(beside) || lastsAsLong(folder) ? beside : inside;
    }

    /**
     * Whether what is made beside the folder lasts as long as the folder. A data folder that is a volume of its own, as in
     * a container, outlives what surrounds it: a key there would be lost, and with it every name.
     */
    private static boolean lastsAsLong(Path folder) {
        try {
            var around = existing(folder.getParent());
            return around != null
                    && Files.isWritable(around)
                    && (!Files.exists(folder) || Files.getFileStore(folder).equals(Files.getFileStore(around)));
        } catch (IOException e) {
            return false;
        }
    }

    private static @Nullable Path existing(@Nullable Path folder) {
        var nearest = folder;
        while (nearest != null && !Files.exists(nearest)) nearest = nearest.getParent();
        return nearest;
    }

    /**
     * Reads the key, or makes it when there is no file yet.
     *
     * @param data the data folder; when it holds an installation, its key was made before and is missing now
     */
    static byte[] readOrCreate(Path file, Path data) {
        try {
            if (Files.exists(file)) return read(file);
            if (Files.exists(data.resolve("warehouse.duckdb")))
                throw Problem.conflict(
                        "key_file_missing",
                        "the key file %s is not there, but %s holds an installation, whose personal data only its own key opens; put the file back from its backup, or name it with REKINDLE_KEY_FILE"
                                .formatted(file, data));
            OwnerOnly.folderOf(file);
            var key = new byte[32];
            new SecureRandom().nextBytes(key);
            // Created with its final permissions: there is no moment at which another user could read it.
            try (var channel = Files.newByteChannel(
                    file,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
                channel.write(java.nio.ByteBuffer.wrap(
                        (HexFormat.of().formatHex(key) + "\n").getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
            }
            return key;
        } catch (IOException e) {
            throw Problem.invalid(
                    "key_file_unusable",
                    "the key file %s cannot be made: %s; name another with REKINDLE_KEY_FILE".formatted(file, e));
        }
    }

    /** Reads the key of a file that must be there. */
    static byte[] read(Path file) {
        String text;
        try {
            text = Files.readString(file).strip();
        } catch (IOException e) {
            throw Problem.invalid(
                    "key_file_unusable", "the key file %s cannot be read: %s".formatted(file, e.getMessage()));
        }
        if (!text.matches("[0-9a-fA-F]{64}"))
            throw Problem.invalid(
                    "key_file_invalid",
                    "the key file %s is damaged: it must hold one line of 64 hexadecimal digits; restore it from its own backup"
                            .formatted(file));
        return HexFormat.of().parseHex(text);
    }
}
