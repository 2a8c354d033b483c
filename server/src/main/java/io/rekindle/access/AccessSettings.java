package io.rekindle.access;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The first way in.
 *
 * @param adminKey the first API key, with role admin; made and printed once when absent. At least 20 characters
 * @param adminPassword the first console password, for {@code admin@rekindle.local}; made and printed once when absent
 */
@ConfigurationProperties("rekindle")
public record AccessSettings(
        @Nullable String adminKey, @Nullable String adminPassword) {
    public AccessSettings {
        if (adminKey != null && adminKey.length() < ApiKeys.SHORTEST_SECRET)
            throw new IllegalArgumentException("rekindle.admin-key has %d characters; it needs at least %d"
                    .formatted(adminKey.length(), ApiKeys.SHORTEST_SECRET));
        if (adminPassword != null && adminPassword.length() < Users.SHORTEST_PASSWORD)
            throw new IllegalArgumentException("rekindle.admin-password has %d characters; it needs at least %d"
                    .formatted(adminPassword.length(), Users.SHORTEST_PASSWORD));
    }

    @Override
    public String toString() {
        return "AccessSettings[secret]";
    }
}
