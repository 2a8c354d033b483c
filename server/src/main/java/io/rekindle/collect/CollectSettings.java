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
    @Override
    public String toString() {
        return "CollectSettings[secret]";
    }
}
