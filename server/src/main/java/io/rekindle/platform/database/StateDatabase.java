package io.rekindle.platform.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.rekindle.platform.DatabaseAddress;
import io.rekindle.platform.DatabaseSettings;
import io.rekindle.platform.Problem;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
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
        var address = settings.address();
        if (address.isPresent()) return openShared(pool(address.get()), settings, dataFolder, ended);
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

    /** Something that is asked of a connection. */
    public interface Question<T> {
        T of(Connection connection) throws SQLException;
    }

    /** Asks the company's own PostgreSQL as it is, without migrating it or keeping others out. */
    public static <T> T ask(DatabaseSettings settings, Question<T> question) {
        var address = settings.address().orElseThrow();
        var who = new Properties();
        if (address.user() != null) who.setProperty("user", address.user());
        if (address.password() != null) who.setProperty("password", address.password());
        try (var connection = DriverManager.getConnection(address.url(), who)) {
            return question.of(connection);
        } catch (SQLException e) {
            throw unreachable(e);
        }
    }

    /**
     * Takes everything out of the schema of the company's own PostgreSQL while no server can be on it.
     *
     * @param sure asked once others are kept out; when it says no, nothing is done
     * @return whether it was done
     */
    public static boolean clean(DatabaseSettings settings, Path dataFolder, BooleanSupplier sure) {
        var address = settings.address().orElseThrow();
        try (var _ = SoleUse.take(
                address.url(),
                address.user(),
                address.password(),
                settings.place().orElse(""),
                dataFolder,
                taken -> {})) {
            if (!sure.getAsBoolean()) return false;
            Flyway.configure(StateDatabase.class.getClassLoader())
                    .dataSource(address.url(), address.user(), address.password())
                    .cleanDisabled(false)
                    .load()
                    .clean();
            return true;
        } catch (SQLException e) {
            throw unreachable(e);
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
                // In one transaction: a first start that is killed begins anew, and commits are what takes time.
                .group(true)
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

    private static HikariConfig pool(DatabaseAddress address) {
        return pool(address.url(), address.user(), address.password());
    }

    private static HikariConfig pool(String url, @Nullable String user, @Nullable String password) {
        var config = new HikariConfig();
        config.setJdbcUrl(url);
        if (user != null) config.setUsername(user);
        if (password != null) config.setPassword(password);
        return config;
    }
}
