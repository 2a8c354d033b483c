package io.rekindle.testing;

import io.rekindle.platform.database.EmbeddedDatabase;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL for the tests of this JVM: the one of {@code REKINDLE_DATABASE_URL} (a {@code jdbc:postgresql:} URL
 * whose user may create databases) when that is set, else an embedded one. Every caller gets an empty database of its
 * own.
 */
public final class TestPostgres {
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static @Nullable EmbeddedDatabase embedded;

    private TestPostgres() {}

    /** Where a fresh database is. */
    public record Place(String url, String user, String password) {}

    public static synchronized Place newDatabase() {
        var external = System.getenv("REKINDLE_DATABASE_URL");
        var name = "rekindle_test_%d_%d".formatted(ProcessHandle.current().pid(), COUNT.incrementAndGet());
        if (external != null && !external.isBlank()) {
            create(external, null, name);
            return new Place(external.replaceFirst("(jdbc:postgresql://[^/]+/)[^?]*", "$1" + name), "", "");
        }
        if (embedded == null) embedded = start();
        var place = new Place(embedded.url("postgres"), embedded.user(), embedded.password());
        create(place.url(), place, name);
        return new Place(embedded.url(name), embedded.user(), embedded.password());
    }

    private static void create(String url, @Nullable Place who, String name) {
        try (var connection = who == null
                        ? DriverManager.getConnection(url)
                        : DriverManager.getConnection(url, who.user(), who.password());
                var statement = connection.createStatement()) {
            statement.execute("create database " + name);
        } catch (SQLException e) {
            throw new IllegalStateException("no test database at " + url, e);
        }
    }

    private static EmbeddedDatabase start() {
        var folder = TestFolders.newFolder("postgres");
        var database = EmbeddedDatabase.start(folder, false);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            database.close();
            TestFolders.delete(folder);
        }));
        return database;
    }
}
