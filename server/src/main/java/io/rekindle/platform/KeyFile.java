package io.rekindle.platform;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Set;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The file with the keys of personal data ({@link KeyRing}), readable by its owner only, and sealed with a key of the
 * environment where one is set. It stands outside both stores and is backed up apart, so that neither a stolen store nor a
 * stolen backup tells names.
 */
final class KeyFile {
    private static final String NAME = "rekindle.key";
    private static final String SEALED = "rekindle-keys 2 sealed";

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
     * Reads the keys, or makes them when there is no file yet. A file of the first form, with one master key, is
     * written anew: from a master key everything that was destroyed could be computed again.
     *
     * @param data the data folder; when it holds an installation, its keys were made before and are missing now
     */
    static KeyRing readOrCreate(Path file, Path data, @Nullable String outer, @Nullable String before) {
        try {
            if (Files.exists(file)) {
                var ring = read(file, outer, before);
                if (!Files.readString(file).equals(form(ring, outer))) write(file, ring, outer);
                return ring;
            }
            if (Files.exists(data.resolve("warehouse.duckdb")))
                throw Problem.conflict(
                        "key_file_missing",
                        "the key file %s is not there, but %s holds an installation, whose personal data only its own key opens; put the file back from its backup, or name it with REKINDLE_KEY_FILE"
                                .formatted(file, data));
            OwnerOnly.folderOf(file);
            var ring = KeyRing.fresh();
            write(file, ring, outer);
            return ring;
        } catch (IOException e) {
            throw Problem.invalid(
                    "key_file_unusable",
                    "the key file %s cannot be made: %s; name another with REKINDLE_KEY_FILE".formatted(file, e));
        }
    }

    /** Reads the keys of a file that must be there; {@code before} is tried where {@code outer} does not open it. */
    static KeyRing read(Path file, @Nullable String outer, @Nullable String before) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw Problem.invalid(
                    "key_file_unusable", "the key file %s cannot be read: %s".formatted(file, e.getMessage()));
        }
        if (text.startsWith(SEALED)) text = unsealed(file, text, outer, before);
        try {
            return KeyRing.parse(text);
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            throw Problem.invalid(
                    "key_file_invalid",
                    "the key file %s is damaged: %s; restore it from its own backup".formatted(file, e.getMessage()));
        }
    }

    /**
     * Replaces the file as a whole: at every moment the old or the new one stands there. The blocks of the old one are
     * overwritten after it: what was destroyed is not to be found in them.
     */
    static void write(Path file, KeyRing ring, @Nullable String outer) {
        var next = file.resolveSibling(file.getFileName() + ".next");
        try {
            Files.deleteIfExists(next);
            // Created with its final permissions: there is no moment at which another user could read it.
            try (var channel = FileChannel.open(
                    next,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
                var bytes = ByteBuffer.wrap(form(ring, outer).getBytes(StandardCharsets.US_ASCII));
                while (bytes.hasRemaining()) channel.write(bytes);
                channel.force(true);
            }
            try (var old = Files.exists(file) ? FileChannel.open(file, StandardOpenOption.WRITE) : null) {
                Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                try (var folder = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
                    folder.force(true);
                }
                if (old != null) {
                    var nothing = ByteBuffer.allocate((int) old.size());
                    while (nothing.hasRemaining()) old.write(nothing);
                    old.force(true);
                }
            }
        } catch (IOException e) {
            throw new Problem(
                    Problem.Kind.UNAVAILABLE,
                    "key_file_not_written",
                    "the key file %s cannot be written: %s; nothing was changed in it".formatted(file, e.getMessage()),
                    java.util.List.of());
        }
    }

    private static String form(KeyRing ring, @Nullable String outer) {
        if (outer == null) return ring.text();
        var sealed = AesGcm.seal(outerKey(outer), SEALED, ring.text().getBytes(StandardCharsets.US_ASCII));
        return SEALED + "\n" + Base64.getEncoder().encodeToString(sealed) + "\n";
    }

    private static String unsealed(Path file, String text, @Nullable String outer, @Nullable String before) {
        if (outer == null)
            throw Problem.invalid(
                    "key_missing",
                    "the key file %s is sealed with a key of the environment; set REKINDLE_KEY".formatted(file));
        var sealed =
                Base64.getMimeDecoder().decode(text.substring(SEALED.length()).strip());
        var opened = AesGcm.open(outerKey(outer), SEALED, sealed);
        if (opened == null && before != null) opened = AesGcm.open(outerKey(before), SEALED, sealed);
        if (opened == null)
            throw Problem.invalid(
                    "key_wrong",
                    "REKINDLE_KEY does not open the key file %s: it is another key, or the file is damaged; set REKINDLE_KEY_BEFORE to the key it was sealed with to exchange it"
                            .formatted(file));
        return new String(opened, StandardCharsets.US_ASCII);
    }

    private static SecretKeySpec outerKey(String hex) {
        return new SecretKeySpec(HexFormat.of().parseHex(hex), "AES");
    }
}
