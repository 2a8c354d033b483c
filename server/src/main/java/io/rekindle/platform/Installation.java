package io.rekindle.platform;

import java.util.UUID;

/**
 * What makes two stores and a key file one installation. It is made at the first start and kept in both stores; a backup
 * carries it along.
 *
 * @param id a random UUID
 * @param keyFingerprint of the key file the personal data is sealed with
 */
public record Installation(String id, String keyFingerprint) {
    static Installation newOf(String keyFingerprint) {
        return new Installation(UUID.randomUUID().toString(), keyFingerprint);
    }
}
