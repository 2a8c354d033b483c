package io.rekindle.collect;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The first door for events.
 *
 * @param writeKey the write key of the first source; made and printed once when absent
 */
@ConfigurationProperties("rekindle")
public record CollectSettings(@Nullable String writeKey) {
    static final int SHORTEST_KEY = 8;

    public CollectSettings {
        if (writeKey != null && writeKey.length() < SHORTEST_KEY)
            throw new IllegalArgumentException("rekindle.write-key has %d characters; it needs at least %d"
                    .formatted(writeKey.length(), SHORTEST_KEY));
    }

    @Override
    public String toString() {
        return "CollectSettings[secret]";
    }
}
