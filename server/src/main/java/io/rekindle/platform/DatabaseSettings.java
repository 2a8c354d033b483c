package io.rekindle.platform;

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
        @DefaultValue("20") int connections) {}
