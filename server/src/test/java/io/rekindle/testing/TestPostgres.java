package io.rekindle.testing;

import io.rekindle.platform.DatabaseAddress;
import io.rekindle.platform.DatabaseSettings;
import io.rekindle.platform.database.EmbeddedDatabase;
import java.security.SecureRandom;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;

/**
 * A real PostgreSQL for the tests of this JVM: the one of {@code REKINDLE_DATABASE_URL} (its user may create databases)
 * when that is set, else an embedded one. Every caller gets an empty database of its own; they are dropped with the JVM's
 * end.
 */
public final class TestPostgres {
    private static final AtomicInteger COUNT = new AtomicInteger();
    /** In a container every run has the same few process numbers. */
    private static final String RUN = HexFormat.of().toHexDigits(new SecureRandom().nextInt());

    private static final List<String> MADE = new ArrayList<>();
    private static @Nullable EmbeddedDatabase embedded;

    private TestPostgres() {}

    /** Where a fresh database is. */
    public record Place(String url, String user, String password) {}

    public static synchronized Place newDatabase() {
        var name = "rekindle_test_%s_%d".formatted(RUN, COUNT.incrementAndGet());
        var external = external();
        if (external.isPresent()) {
            if (MADE.isEmpty()) SpringApplication.getShutdownHandlers().add(() -> drop(external.get()));
            run(external.get(), "create database " + name);
            MADE.add(name);
            var made = external.get().inDatabase(name);
            return new Place(
                    made.url(),
                    Objects.requireNonNullElse(made.user(), ""),
                    Objects.requireNonNullElse(made.password(), ""));
        }
        if (embedded == null) embedded = start();
        run(
                new DatabaseAddress(embedded.url("postgres"), embedded.user(), embedded.password()),
                "create database " + name);
        return new Place(embedded.url(name), embedded.user(), embedded.password());
    }

    private static Optional<DatabaseAddress> external() {
        return new DatabaseSettings(
                        System.getenv("REKINDLE_DATABASE_URL"),
                        System.getenv("REKINDLE_DATABASE_USER"),
                        System.getenv("REKINDLE_DATABASE_PASSWORD"),
                        2)
                .address();
    }

    private static void run(DatabaseAddress where, String sql) {
        var who = new Properties();
        if (where.user() != null) who.setProperty("user", where.user());
        if (where.password() != null) who.setProperty("password", where.password());
        try (var connection = DriverManager.getConnection(where.url(), who);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException("the test's PostgreSQL refused: " + sql, e);
        }
    }

    private static synchronized void drop(DatabaseAddress where) {
        for (var name : MADE) {
            try {
                // What a server of a test still holds open ends with this JVM, too.
                run(where, "drop database if exists %s with (force)".formatted(name));
            } catch (IllegalStateException e) {
                System.err.println("left behind: the database " + name);
            }
        }
    }

    private static EmbeddedDatabase start() {
        var folder = TestFolders.newFolder("postgres");
        var database = EmbeddedDatabase.start(folder, false);
        SpringApplication.getShutdownHandlers().add(database::close);
        return database;
    }
}
