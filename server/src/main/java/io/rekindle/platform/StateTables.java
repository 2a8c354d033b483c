package io.rekindle.platform;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.postgresql.PGConnection;

/** Copies the tables of the state to files and back with COPY, which every PostgreSQL has, embedded or not. */
final class StateTables {
    /** Whether an installation has used these tables: each has a user or a key from its first start on. */
    static final String IN_USE = "select exists (select from users) or exists (select from api_keys) as used";

    private static final String HISTORY = "flyway_schema_history";

    private final Connection connection;

    StateTables(Connection connection) {
        this.connection = connection;
    }

    /** All tables, each after the ones it refers to. */
    List<String> inOrderOfReference() throws SQLException {
        var references = new LinkedHashMap<String, Set<String>>();
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("""
                        select t.relname as name, r.relname as refers_to
                        from pg_class t join pg_namespace n on n.oid = t.relnamespace
                        left join pg_constraint c on c.conrelid = t.oid and c.contype = 'f' and c.confrelid <> t.oid
                        left join pg_class r on r.oid = c.confrelid
                        where n.nspname = current_schema() and t.relkind = 'r' order by 1, 2
                        """)) {
            while (rows.next()) {
                var name = rows.getString("name");
                if (name.equals(HISTORY)) continue;
                var refersTo = references.computeIfAbsent(name, n -> new LinkedHashSet<>());
                if (rows.getString("refers_to") != null) refersTo.add(rows.getString("refers_to"));
            }
        }
        var ordered = new LinkedHashSet<String>();
        while (ordered.size() < references.size()) {
            int before = ordered.size();
            references.forEach((name, refersTo) -> {
                if (ordered.containsAll(refersTo)) ordered.add(name);
            });
            if (ordered.size() == before)
                throw new IllegalStateException("tables refer to each other in a circle: " + references);
        }
        return new ArrayList<>(ordered);
    }

    boolean isInUse() throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(IN_USE)) {
            rows.next();
            return rows.getBoolean("used");
        }
    }

    String lastMigration() throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(
                        "select max(version) as version from flyway_schema_history where success")) {
            rows.next();
            return String.valueOf(rows.getString("version"));
        }
    }

    /** Writes every table into a file of its name; rows of each. */
    Map<String, Long> copyOut(Path folder) throws SQLException {
        var counts = new LinkedHashMap<String, Long>();
        var copy = connection.unwrap(PGConnection.class).getCopyAPI();
        for (var table : inOrderOfReference()) {
            try (var out = Files.newOutputStream(folder.resolve(table + ".copy"))) {
                counts.put(table, copy.copyOut("copy %s to stdout (format binary)".formatted(quoted(table)), out));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return counts;
    }

    /** Reads every table from its file into the freshly migrated, emptied tables, and sets the identity counters on. */
    void copyIn(Path folder, Set<String> tables) throws SQLException {
        var copy = connection.unwrap(PGConnection.class).getCopyAPI();
        var ordered = inOrderOfReference();
        try (var statement = connection.createStatement()) {
            for (var table : ordered) statement.execute("truncate %s cascade".formatted(quoted(table)));
            for (var table : ordered) {
                if (!tables.contains(table)) continue;
                try (var in = Files.newInputStream(folder.resolve(table + ".copy"))) {
                    copy.copyIn("copy %s from stdin (format binary)".formatted(quoted(table)), in);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            for (var column : identityColumns()) {
                statement.execute(
                        "select setval(pg_get_serial_sequence('%1$s', '%2$s'), coalesce((select max(%3$s) from %1$s), 0) + 1, false)"
                                .formatted(quoted(column.table()), column.name(), quoted(column.name())));
            }
        }
    }

    private record Column(String table, String name) {}

    private List<Column> identityColumns() throws SQLException {
        var columns = new ArrayList<Column>();
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("""
                        select table_name, column_name from information_schema.columns
                        where table_schema = current_schema() and is_identity = 'YES'
                        """)) {
            while (rows.next()) columns.add(new Column(rows.getString("table_name"), rows.getString("column_name")));
        }
        return columns;
    }

    /** Names come from PostgreSQL's own catalogue. */
    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }
}
