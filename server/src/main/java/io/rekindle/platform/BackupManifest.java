package io.rekindle.platform;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a backup holds.
 *
 * @param createdAt system time of the instant both stores were fixed at
 * @param keyFingerprint tells whether a key file is the one the personal data was sealed with; it reveals nothing of it
 * @param sealedWith tells whether the keys were exchanged since; null in backups of before that could be
 * @param migration the last schema migration that had been applied
 * @param tables rows of each PostgreSQL table
 * @param files every other file of the backup by its path in it; empty in backups of before it was written down
 */
public record BackupManifest(
        Instant createdAt,
        String keyFingerprint,
        @Nullable String sealedWith,
        String migration,
        Map<String, Long> tables,
        Map<String, FileSum> files) {
    static final String FILE = "manifest.json";

    /**
     * What tells a whole file from a damaged one.
     *
     * @param sha256 64 hexadecimal digits
     */
    public record FileSum(long bytes, String sha256) {
        static FileSum of(Path file) throws IOException {
            try (var in = new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
                long bytes = in.transferTo(OutputStream.nullOutputStream());
                return new FileSum(
                        bytes, HexFormat.of().formatHex(in.getMessageDigest().digest()));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("SHA-256 is missing from this Java runtime", e);
            }
        }
    }

    /** The sums of all files in the folder, however deep. */
    static Map<String, FileSum> sums(Path folder) throws IOException {
        var sums = new TreeMap<String, FileSum>();
        try (var files = Files.walk(folder)) {
            for (var file : files.filter(Files::isRegularFile).toList())
                sums.put(folder.relativize(file).toString(), FileSum.of(file));
        }
        return sums;
    }

    public BackupManifest {
        tables = Map.copyOf(tables);
        files = files == null ? Map.of() : Map.copyOf(files);
    }
}
