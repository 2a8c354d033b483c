package io.rekindle.platform;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The PostgreSQL that holds the state.
 *
 * @param url {@code jdbc:postgresql://host:port/database}, or {@code postgresql://user:password@host:port/database};
 *     absent: an embedded PostgreSQL under the data folder
 * @param user user name, unless the URL carries it
 * @param password password, unless the URL carries it
 * @param connections most connections at once
 */
@ConfigurationProperties("rekindle.database")
public record DatabaseSettings(
        @Nullable String url,
        @Nullable String user,
        @Nullable String password,
        @DefaultValue("20") int connections) {
    private static final List<String> BEGINNINGS = List.of("jdbc:postgresql:", "postgresql://", "postgres://");

    public DatabaseSettings {
        // Not told back: the address may carry the password.
        if (url != null && !url.isBlank() && BEGINNINGS.stream().noneMatch(url::startsWith))
            throw new IllegalArgumentException(
                    "rekindle.database.url must begin with postgresql:// or jdbc:postgresql:");
        if (connections < 2)
            throw new IllegalArgumentException(
                    "rekindle.database.connections is %d; it needs at least 2".formatted(connections));
    }

    /** Where it is, without user and password, for a message; empty for the embedded one. */
    public Optional<String> place() {
        return Optional.ofNullable(url)
                .filter(said -> !said.isBlank())
                .map(said -> said.replaceFirst("^(jdbc:)?postgres(ql)?:(//)?", "")
                        .replaceFirst("[?].*", "")
                        .replaceFirst("^.*@", ""));
    }

    @Override
    public String toString() {
        return "DatabaseSettings[%s]".formatted(url == null ? "embedded" : "external");
    }
}
