package io.rekindle.platform.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.rekindle.platform.DatabaseSettings;
import io.rekindle.platform.Problem;
import java.net.URI;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;

/** The PostgreSQL of the state, open and migrated: the company's own when a URL is set, else the embedded one. */
public final class StateDatabase implements AutoCloseable {
    private final @Nullable EmbeddedDatabase embedded;
    private final @Nullable SoleUse soleUse;
    private final HikariDataSource dataSource;

    private StateDatabase(@Nullable EmbeddedDatabase embedded, @Nullable SoleUse soleUse, HikariDataSource dataSource) {
        this.embedded = embedded;
        this.soleUse = soleUse;
        this.dataSource = dataSource;
    }

    /**
     * @param ended told when another server has taken the company's own PostgreSQL over; by then nothing can be written
     *     into it from here any more
     */
    public static StateDatabase open(DatabaseSettings settings, Path dataFolder, Consumer<Problem> ended) {
        var url = settings.url();
        if (url != null && !url.isBlank()) return openShared(external(url, settings), settings, dataFolder, ended);
        // The embedded one is the data folder's, and that is one server's.
        var embedded = EmbeddedDatabase.start(dataFolder, true);
        try {
            var config = pool(embedded.url("postgres"), embedded.user(), embedded.password());
            return new StateDatabase(embedded, null, migrated(config, settings));
        } catch (RuntimeException e) {
            embedded.close();
            throw e;
        }
    }

    private static StateDatabase openShared(
            HikariConfig config, DatabaseSettings settings, Path dataFolder, Consumer<Problem> ended) {
        var pool = new AtomicReference<@Nullable HikariDataSource>();
        SoleUse soleUse;
        try {
            soleUse = SoleUse.take(
                    config.getJdbcUrl(),
                    config.getUsername(),
                    config.getPassword(),
                    settings.place().orElse(""),
                    dataFolder,
                    why -> {
                        var open = pool.get();
                        if (open != null) open.close();
                        ended.accept(why);
                    });
        } catch (SQLException e) {
            throw unreachable(e);
        }
        try {
            soleUse.requireFit();
            var migrated = migrated(config, settings);
            pool.set(migrated);
            return new StateDatabase(null, soleUse, migrated);
        } catch (RuntimeException e) {
            soleUse.close();
            throw e;
        }
    }

    public HikariDataSource dataSource() {
        return dataSource;
    }

    @Override
    public void close() {
        dataSource.close();
        // Only now may another server come in.
        if (soleUse != null) soleUse.close();
        if (embedded != null) embedded.close();
    }

    private static HikariDataSource migrated(HikariConfig config, DatabaseSettings settings) {
        config.setMaximumPoolSize(settings.connections());
        config.setPoolName("state");
        // Whoever asks while PostgreSQL is away is told so, instead of being kept waiting past their own patience.
        config.setConnectionTimeout(settings.patience().toMillis());
        config.addDataSourceProperty("reWriteBatchedInserts", "true");
        HikariDataSource pool;
        try {
            pool = new HikariDataSource(config);
        } catch (RuntimeException e) {
            throw unreachable(e);
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

    private static Problem unreachable(Exception e) {
        return new Problem(
                Problem.Kind.UNAVAILABLE,
                "database_unreachable",
                "PostgreSQL cannot be reached: %s; check REKINDLE_DATABASE_URL".formatted(rootMessage(e)),
                List.of());
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
