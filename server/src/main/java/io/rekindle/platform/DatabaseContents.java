package io.rekindle.platform;

import io.rekindle.platform.database.StateDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What a company's own PostgreSQL holds before a server starts on it.
 *
 * @param isEmpty whether a new installation can begin there; always so of the embedded one, which is the data folder's
 * @param installation the {@link Installation} whose state it is, where it is marked with one
 */
public record DatabaseContents(boolean isEmpty, Optional<String> installation) {
    private static final DatabaseContents NOTHING = new DatabaseContents(true, Optional.empty());
    private static final DatabaseContents OTHER = new DatabaseContents(false, Optional.empty());

    /** Looks, and changes nothing. */
    public static DatabaseContents look(DatabaseSettings settings) {
        return settings.address().isEmpty() ? NOTHING : StateDatabase.ask(settings, DatabaseContents::of);
    }

    /**
     * Takes everything out of it when, with no server on it, it is still the state of this installation.
     *
     * @param dataFolder of who empties it, for the message another server's start gets meanwhile
     * @return what it holds if it is not, and then nothing was changed
     */
    public static Optional<DatabaseContents> empty(DatabaseSettings settings, Path dataFolder, String installation) {
        var now = new AtomicReference<DatabaseContents>(NOTHING);
        boolean cleaned = StateDatabase.clean(settings, dataFolder, () -> {
            now.set(look(settings));
            return now.get().installation().equals(Optional.of(installation));
        });
        return cleaned ? Optional.empty() : Optional.of(now.get());
    }

    private static DatabaseContents of(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            if (text(statement, """
                            select 1 from pg_class where relnamespace = to_regnamespace(current_schema())
                            and relkind in ('r', 'p', 'v', 'm', 'f') limit 1
                            """) == null) return NOTHING;
            if (text(statement, """
                            select 1 from pg_tables where schemaname = current_schema()
                            and tablename in ('flyway_schema_history', 'installation', 'users', 'api_keys')
                            having count(*) = 4
                            """) == null) return OTHER;
            var installation = text(statement, "select id from installation");
            if (installation != null) return new DatabaseContents(false, Optional.of(installation));
            return "t".equals(text(statement, StateTables.IN_USE)) ? OTHER : NOTHING;
        }
    }

    private static @Nullable String text(Statement statement, String sql) throws SQLException {
        try (var row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : null;
        }
    }
}
