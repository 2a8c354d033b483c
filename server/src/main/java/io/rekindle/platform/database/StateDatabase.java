package io.rekindle.platform.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.rekindle.platform.DatabaseSettings;
import io.rekindle.platform.Problem;
import java.net.URI;
import java.nio.file.Path;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;

/** The PostgreSQL of the state, open and migrated: the company's own when a URL is set, else the embedded one. */
public final class StateDatabase implements AutoCloseable {
    private final @Nullable EmbeddedDatabase embedded;
    private final HikariDataSource dataSource;

    private StateDatabase(@Nullable EmbeddedDatabase embedded, HikariDataSource dataSource) {
        this.embedded = embedded;
        this.dataSource = dataSource;
    }

    public static StateDatabase open(DatabaseSettings settings, Path dataFolder) {
        var url = settings.url();
        if (url != null && !url.isBlank()) return new StateDatabase(null, migrated(external(url, settings), settings));
        var embedded = EmbeddedDatabase.start(dataFolder, true);
        try {
            var config = pool(embedded.url("postgres"), embedded.user(), embedded.password());
            return new StateDatabase(embedded, migrated(config, settings));
        } catch (RuntimeException e) {
            embedded.close();
            throw e;
        }
    }

    public HikariDataSource dataSource() {
        return dataSource;
    }

    @Override
    public void close() {
        dataSource.close();
        if (embedded != null) embedded.close();
    }

    private static HikariDataSource migrated(HikariConfig config, DatabaseSettings settings) {
        config.setMaximumPoolSize(settings.connections());
        config.setPoolName("state");
        config.addDataSourceProperty("reWriteBatchedInserts", "true");
        HikariDataSource pool;
        try {
            pool = new HikariDataSource(config);
        } catch (RuntimeException e) {
            throw new Problem(
                    Problem.Kind.UNAVAILABLE,
                    "database_unreachable",
                    "PostgreSQL cannot be reached: %s; check REKINDLE_DATABASE_URL".formatted(rootMessage(e)),
                    java.util.List.of());
        }
        Flyway.configure(StateDatabase.class.getClassLoader())
                .dataSource(pool)
                .locations("classpath:db/migration")
                // Modules number their migrations apart, so a later one may have the smaller number.
                .outOfOrder(true)
                .load()
                .migrate();
        return pool;
    }

    private static String rootMessage(Throwable e) {
        var cause = e;
        while (cause.getCause() != null) cause = cause.getCause();
        return String.valueOf(cause.getMessage());
    }

    private static HikariConfig external(String url, DatabaseSettings settings) {
        if (url.startsWith("jdbc:postgresql:")) return pool(url, settings.user(), settings.password());
        if (!url.startsWith("postgresql://") && !url.startsWith("postgres://"))
            throw Problem.invalid(
                    "database_url_invalid", "REKINDLE_DATABASE_URL must begin with postgresql:// or jdbc:postgresql:");
        var uri = URI.create(url);
        var who = uri.getUserInfo() == null ? new String[0] : uri.getUserInfo().split(":", 2);
        var query = uri.getQuery() == null ? "" : "?" + uri.getQuery();
        var port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        return pool(
                "jdbc:postgresql://%s%s%s%s".formatted(uri.getHost(), port, uri.getPath(), query),
                who.length > 0 ? who[0] : settings.user(),
                who.length > 1 ? who[1] : settings.password());
    }

    private static HikariConfig pool(String url, @Nullable String user, @Nullable String password) {
        var config = new HikariConfig();
        config.setJdbcUrl(url);
        if (user != null) config.setUsername(user);
        if (password != null) config.setPassword(password);
        return config;
    }
}
