package io.rekindle.platform;

import java.time.Instant;
import java.util.Map;

/**
 * What a backup holds.
 *
 * @param createdAt system time of the instant both stores were fixed at
 * @param keyFingerprint tells whether a key file is the one the personal data was sealed with; it reveals nothing of it
 * @param migration the last schema migration that had been applied
 * @param tables rows of each PostgreSQL table
 */
public record BackupManifest(Instant createdAt, String keyFingerprint, String migration, Map<String, Long> tables) {
    static final String FILE = "manifest.json";

    public BackupManifest {
        tables = Map.copyOf(tables);
    }
}
