package io.rekindle.platform;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.ConstructorBinding;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The PostgreSQL that holds the state.
 *
 * @param url {@code jdbc:postgresql://host:port/database}, or {@code postgresql://user:password@host:port/database};
 *     absent: an embedded PostgreSQL under the data folder
 * @param user user name, unless the URL carries it
 * @param password password, unless the URL carries it
 * @param connections most connections at once
 * @param patience how long a request waits for one of them before it is answered that PostgreSQL is away
 */
@ConfigurationProperties("rekindle.database")
public record DatabaseSettings(
        @Nullable String url,
        @Nullable String user,
        @Nullable String password,
        @DefaultValue("20") int connections,
        @DefaultValue("10s") Duration patience) {
    private static final Duration LEAST_PATIENCE = Duration.ofMillis(250);

    @ConstructorBinding
    public DatabaseSettings {
        if (url != null && !url.isBlank()) DatabaseAddress.of(url, user, password);
        if (connections < 2)
            throw new IllegalArgumentException(
                    "rekindle.database.connections is %d; it needs at least 2".formatted(connections));
        if (patience.compareTo(LEAST_PATIENCE) < 0)
            throw new IllegalArgumentException(
                    "rekindle.database.patience must be at least %s".formatted(LEAST_PATIENCE));
    }

    /** For work beside the server, such as a restore. */
    public DatabaseSettings(@Nullable String url, @Nullable String user, @Nullable String password, int connections) {
        this(url, user, password, connections, Duration.ofSeconds(10));
    }

    /** What its driver is told; empty for the embedded one. */
    public Optional<DatabaseAddress> address() {
        return Optional.ofNullable(url)
                .filter(said -> !said.isBlank())
                .map(said -> DatabaseAddress.of(said, user, password));
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
