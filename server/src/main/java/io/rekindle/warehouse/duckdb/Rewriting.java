package io.rekindle.warehouse.duckdb;

import io.rekindle.platform.PersonalHistory;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.duckdb.DuckDBConnection;

/**
 * A copy of the file in the making, without some persons or without some rows. Tables are only ever appended to, so what comes in while it is
 * being made stands behind the row that was the last at its beginning, and is copied after the rest.
 */
final class Rewriting implements AutoCloseable {
    private static final Set<String> CUSTOMER_COLUMNS = Set.of("customer_id", "alias_id");

    private final DuckDBConnection connection;
    private final List<Table> tables;
    private final Map<String, Long> lastRows = new HashMap<>();
    private boolean isOpen = true;

    private record Table(String name, List<String> columns) {}

    /** @param kept by table, which of the rows that are there at the beginning stay; of the other tables all do */
    Rewriting(
            DuckDBConnection connection,
            Path next,
            Map<Long, Long> ids,
            List<PersonalHistory> histories,
            Map<String, String> kept)
            throws SQLException {
        this.connection = connection;
        this.kept = kept;
        execute("create or replace temp table forgotten (old_id bigint not null, new_id bigint not null)");
        try (var insert = connection.prepareStatement("insert into forgotten values (?, ?)")) {
            for (var id : ids.entrySet()) {
                insert.setLong(1, id.getKey());
                insert.setLong(2, id.getValue());
                insert.execute();
            }
        }
        var own = text("select current_database()");
        // The path begins with the operator's; DuckDB takes no parameter here, so quotes in it are doubled.
        execute("attach '%s' as next".formatted(next.toString().replace("'", "''")));
        execute("copy from database %s to next (schema)".formatted(quoted(own)));
        this.tables = tables(own);
        this.histories = histories.stream().collect(Collectors.toMap(PersonalHistory::table, h -> h));
    }

    private final Map<String, PersonalHistory> histories;
    private final Map<String, String> kept;

    void copy() throws SQLException {
        execute("begin transaction");
        for (var table : tables)
            lastRows.put(
                    table.name(),
                    Long.parseLong(text("select coalesce(max(rowid), -1)::varchar from " + quoted(table.name()))));
        for (var table : tables)
            execute(insert(
                    table,
                    "t.rowid <= %d and (%s)"
                            .formatted(lastRows.get(table.name()), kept.getOrDefault(table.name(), "true"))));
        execute("commit");
    }

    /** Copies what was appended since; nobody may append meanwhile. */
    void catchUp() throws SQLException {
        execute("begin transaction");
        for (var table : tables) execute(insert(table, "t.rowid > " + lastRows.get(table.name())));
        execute("commit");
        execute("detach next");
    }

    private String insert(Table table, String rows) {
        var history = histories.get(table.name());
        var joins = new ArrayList<String>();
        var values = new ArrayList<String>();
        var isForgotten = new ArrayList<String>();
        for (var column : table.columns())
            if (CUSTOMER_COLUMNS.contains(column)) {
                var alias = "f_" + column;
                joins.add(" left join forgotten %s on %s.old_id = t.%s".formatted(alias, alias, quoted(column)));
                isForgotten.add(alias + ".old_id is not null");
            }
        var forgotten = isForgotten.isEmpty() ? "false" : "(" + String.join(" or ", isForgotten) + ")";
        for (var column : table.columns()) {
            var replaced = history == null ? null : history.replaced().get(column);
            if (CUSTOMER_COLUMNS.contains(column))
                values.add("coalesce(f_%s.new_id, t.%s)".formatted(column, quoted(column)));
            else if (replaced != null)
                values.add("case when %s then %s else t.%s end".formatted(forgotten, replaced, quoted(column)));
            else values.add("t." + quoted(column));
        }
        var dropped = history != null && history.isDropped() ? " and not " + forgotten : "";
        return "insert into next.%s select %s from %s t%s where %s%s"
                .formatted(
                        quoted(table.name()),
                        String.join(", ", values),
                        quoted(table.name()),
                        String.join("", joins),
                        rows,
                        dropped);
    }

    private List<Table> tables(String database) throws SQLException {
        var columns = new java.util.LinkedHashMap<String, List<String>>();
        try (var statement = connection.prepareStatement("""
                select c.table_name, c.column_name from duckdb_columns() c
                join duckdb_tables() t on t.table_oid = c.table_oid and t.database_oid = c.database_oid
                where c.database_name = ? and not t.temporary order by c.table_name, c.column_index
                """)) {
            statement.setString(1, database);
            try (var found = statement.executeQuery()) {
                while (found.next())
                    columns.computeIfAbsent(found.getString(1), name -> new ArrayList<>())
                            .add(found.getString(2));
            }
        }
        return columns.entrySet().stream()
                .map(e -> new Table(e.getKey(), List.copyOf(e.getValue())))
                .toList();
    }

    private String text(String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    private void execute(String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Names come from DuckDB's own catalogue. */
    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    @Override
    public void close() throws SQLException {
        if (!isOpen) return;
        isOpen = false;
        connection.close();
    }
}
