package io.rekindle.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;

/**
 * The file with the master key of personal data: one line of 64 hexadecimal digits, readable by its owner only. It
 * stands outside both stores and is backed up apart, so that neither a stolen store nor a stolen backup tells names.
 */
final class KeyFile {
    private KeyFile() {}

    /** Reads the key, or makes it when there is no file yet. */
    static byte[] readOrCreate(Path file) {
        try {
            if (Files.exists(file)) return read(file);
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
