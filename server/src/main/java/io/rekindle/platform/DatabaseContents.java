package io.rekindle.platform;

import io.rekindle.platform.database.StateDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * What a company's own PostgreSQL holds before a server starts on it.
 *
 * @param isEmpty whether a new installation can begin there; always so of the embedded one, which is the data folder's
 * @param installation the {@link Installation} whose state it is, where it is marked with one and holds nothing else
 * @param foreignTable a table beside ours that is not ours
 */
public record DatabaseContents(boolean isEmpty, Optional<String> installation, Optional<String> foreignTable) {
    private static final Pattern CREATED = Pattern.compile(
            "create\\s+(?:unlogged\\s+)?table\\s+(?:if\\s+not\\s+exists\\s+)?(\\w+)", Pattern.CASE_INSENSITIVE);
    private static final DatabaseContents NOTHING = new DatabaseContents(true, Optional.empty(), Optional.empty());
    private static final DatabaseContents OTHER = new DatabaseContents(false, Optional.empty(), Optional.empty());

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
            var stranger = stranger(statement);
            if (stranger != null) return new DatabaseContents(false, Optional.empty(), Optional.of(stranger));
            if (installation != null) return new DatabaseContents(false, Optional.of(installation), Optional.empty());
            return "t".equals(text(statement, StateTables.IN_USE)) ? OTHER : NOTHING;
        }
    }

    /** A table none of our migrations makes: whatever is done with ours, that one must be left alone. */
    private static @Nullable String stranger(Statement statement) throws SQLException {
        var ours = ourTables();
        try (var rows = statement.executeQuery(
                "select tablename from pg_tables where schemaname = current_schema() order by tablename")) {
            while (rows.next()) {
                var table = rows.getString(1);
                if (!ours.contains(table)) return table;
            }
        }
        return null;
    }

    private static Set<String> ourTables() {
        var ours = new HashSet<>(Set.of("flyway_schema_history"));
        try {
            for (var script :
                    new PathMatchingResourcePatternResolver().getResources("classpath*:db/migration/**/*.sql")) {
                var made = CREATED.matcher(script.getContentAsString(StandardCharsets.UTF_8));
                while (made.find()) ours.add(made.group(1));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("our own migrations cannot be read", e);
        }
        return ours;
    }

    private static @Nullable String text(Statement statement, String sql) throws SQLException {
        try (var row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : null;
        }
    }
}
