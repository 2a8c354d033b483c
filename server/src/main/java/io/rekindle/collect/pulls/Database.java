package io.rekindle.collect.pulls;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A database of the company that rows are pulled from. Its password is never shown again.
 *
 * @param url such as {@code jdbc:postgresql://db.shop.example:5432/shop}
 * @param pulls how many pulls read from it
 */
public record Database(
        long id,
        String name,
        String url,
        @Nullable String user,
        boolean hasPassword,
        long pulls,
        Instant createdAt,
        String createdBy) {

    /** @param password as it is when absent, none when empty */
    public record Draft(
            String name,
            String url,
            @Nullable String user,
            @Nullable String password) {
        @Override
        public String toString() {
            return "Draft[%s, secret]".formatted(name);
        }
    }

    /** What answered a try. */
    public record Tried(String product) {}
}
