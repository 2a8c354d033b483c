package io.rekindle.warehouse.duckdb;

import io.rekindle.platform.Mentions;
import io.rekindle.platform.PersonalHistory;
import io.rekindle.platform.PersonalHistory.Form;
import io.rekindle.platform.PersonalHistory.Searched;
import io.rekindle.warehouse.Warehouse;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/**
 * A copy of the file in the making, without some persons, without some rows, or with rows that say less. Tables are only
 * ever appended to, so what comes in while it is being made stands behind the row that was the last at its beginning, and is
 * copied after the rest.
 *
 * <p>What others' rows say of those persons is found by what is said, not row by row: DuckDB takes the texts apart and
 * hands each different piece over once, for whether a word stands for somebody is told by its keyed hash alone. Only rows in
 * which a piece was found to name one of them are read and written anew, a page at a time.
 */
final class Rewriting implements AutoCloseable {
    private static final Set<String> CUSTOMER_COLUMNS = Set.of("customer_id", "alias_id");
    private static final int ROWS_AT_ONCE = 10_000;
    private static final int PIECES_AT_ONCE = 100_000;

    /** A text of a JSON document, and a name with its text, number or flat list. */
    private static final String TEXT = "\"(?:[^\"\\\\]|\\\\.)*\"";

    private static final String PIECE = "%1$s\\s*:\\s*(?:%1$s|-?\\d+|\\[[^\\[\\]{}]*\\])|%1$s".formatted(TEXT);

    private final DuckDBConnection connection;
    private final List<Table> tables;
    private final Map<String, PersonalHistory> histories;
    private final Map<String, String> kept;
    private final Map<String, Warehouse.Emptied> emptied;
    private final Mentions gone;
    private final Map<String, Long> lastRows = new HashMap<>();
    /** Tables and columns, as {@code table.column}, of which something is said anew. */
    private final Set<String> reworded = new HashSet<>();

    private boolean isOpen = true;

    private record Table(String name, List<String> columns) {}

    /** What a column says, and what its value is called; empty where it tells by itself. */
    private record Said(String field, String text) {}

    /**
     * What becomes different.
     *
     * @param kept by table, which of the rows that are there at the beginning stay; of the other tables all do
     */
    record Changes(
            Mentions gone,
            List<PersonalHistory> histories,
            Map<String, String> kept,
            Map<String, Warehouse.Emptied> emptied) {}

    Rewriting(DuckDBConnection connection, Path next, Changes changes) throws SQLException {
        this.connection = connection;
        this.gone = changes.gone();
        this.kept = changes.kept();
        this.emptied = changes.emptied();
        execute("create or replace temp table forgotten (old_id bigint not null, new_id bigint not null)");
        try (var insert = connection.prepareStatement("insert into forgotten values (?, ?)")) {
            for (var id : gone.ids().entrySet()) {
                insert.setLong(1, id.getKey());
                insert.setLong(2, id.getValue());
                insert.execute();
            }
        }
        execute(
                "create or replace temp table reworded (place varchar not null, line bigint not null, said varchar not null)");
        var own = text("select current_database()");
        // The path begins with the operator's; DuckDB takes no parameter here, so quotes in it are doubled.
        execute("attach '%s' as next".formatted(next.toString().replace("'", "''")));
        execute("copy from database %s to next (schema)".formatted(quoted(own)));
        this.tables = tables(own);
        this.histories = changes.histories().stream().collect(Collectors.toMap(PersonalHistory::table, h -> h));
    }

    void copy() throws SQLException {
        execute("begin transaction");
        for (var table : tables)
            lastRows.put(
                    table.name(),
                    Long.parseLong(text("select coalesce(max(rowid), -1)::varchar from " + quoted(table.name()))));
        for (var table : tables) {
            var rows = "t.rowid <= %d and (%s)"
                    .formatted(lastRows.get(table.name()), kept.getOrDefault(table.name(), "true"));
            search(table, rows);
            execute(insert(table, rows));
        }
        execute("commit");
    }

    /** Copies what was appended since; nobody may append meanwhile. */
    void catchUp() throws SQLException {
        execute("begin transaction");
        for (var table : tables) {
            var rows = "t.rowid > " + lastRows.get(table.name());
            search(table, rows);
            execute(insert(table, rows));
        }
        execute("commit");
        execute("detach next");
    }

    // ---- what others' rows say ----

    private void search(Table table, String rows) throws SQLException {
        var history = histories.get(table.name());
        if (history == null) return;
        for (var searched : history.searched()) {
            boolean isSaidOfThem = !history.isDropped() && !history.replaced().containsKey(searched.column());
            var pieces = pieces(table, searched, isSaidOfThem ? rows : rows + others(table));
            var naming = searched.form() == Form.IDS ? byIds(pieces) : byWords(pieces);
            if (naming != null) sayAnew(table, searched, naming);
        }
    }

    /** One row per piece of each text: {@code line, field, said, piece}. */
    private static String pieces(Table table, Searched searched, String rows) {
        var column = "t." + quoted(searched.column());
        return "select t.rowid as line, %s as field, %s as said, unnest(%s) as piece from %s t where %s and %s is not null"
                .formatted(
                        searched.field().isEmpty() ? "''" : "t." + quoted(searched.field()),
                        column,
                        switch (searched.form()) {
                            case DOCUMENT -> "regexp_extract_all(%s, '%s')".formatted(column, PIECE);
                            case IDS -> "regexp_extract_all(%s, '-?[0-9]+')".formatted(column);
                            case VALUE -> "[%s]".formatted(column);
                        },
                        quoted(table.name()),
                        rows,
                        column);
    }

    /** Where rows of the forgotten go, or say nothing any more, only those of others are looked at. */
    private static String others(Table table) {
        return table.columns().stream()
                .filter(CUSTOMER_COLUMNS::contains)
                .map(c -> " and t.%s not in (select old_id from forgotten)".formatted(quoted(c)))
                .collect(Collectors.joining());
    }

    private static String byIds(String pieces) {
        return "from (%s) p join forgotten f on f.old_id = try_cast(p.piece as bigint)".formatted(pieces);
    }

    /** Null where no piece names anybody. */
    private @Nullable String byWords(String pieces) throws SQLException {
        numbered("pieces", "select distinct field, piece from (%s)".formatted(pieces));
        var naming = new ArrayList<Said>();
        for (long from = 0; ; from += PIECES_AT_ONCE) {
            var page = page("select n, field, piece from pieces where n > ? and n <= ?", from, PIECES_AT_ONCE);
            if (page.isEmpty()) break;
            for (var one : page.values())
                if (!gone.without(one.field(), one.text()).equals(one.text())) naming.add(one);
        }
        execute("drop table pieces");
        if (naming.isEmpty()) return null;
        execute("create or replace temp table naming (field varchar not null, piece varchar not null)");
        insert(
                "insert into naming select unnest(?), unnest(?)",
                naming.stream().map(Said::field).toList(),
                naming.stream().map(Said::text).toList());
        return "from (%s) p join naming n on n.field = p.field and n.piece = p.piece".formatted(pieces);
    }

    private void sayAnew(Table table, Searched searched, String naming) throws SQLException {
        numbered("found", "select distinct line, p.field as field, said " + naming);
        var place = place(table, searched.column());
        for (long from = 0; ; from += ROWS_AT_ONCE) {
            var page = page("select line, field, said from found where n > ? and n <= ?", from, ROWS_AT_ONCE);
            if (page.isEmpty()) break;
            reworded.add(place);
            var lines = List.copyOf(page.keySet());
            insert(
                    "insert into reworded select '%s', cast(unnest(?) as bigint), unnest(?)".formatted(place),
                    lines.stream().map(String::valueOf).toList(),
                    lines.stream()
                            .map(page::get)
                            .map(said -> searched.form() == Form.IDS
                                    ? gone.renamed(said.text())
                                    : gone.without(said.field(), said.text()))
                            .toList());
        }
        execute("drop table found");
    }

    /** Of two lists of one length. A batch of statements would begin a transaction of its own. */
    private void insert(String sql, List<String> some, List<String> others) throws SQLException {
        try (var insert = connection.prepareStatement(sql)) {
            insert.setArray(1, connection.createArrayOf("varchar", some.toArray()));
            insert.setArray(2, connection.createArrayOf("varchar", others.toArray()));
            insert.execute();
        }
    }

    /** Keeps a result where it may be larger than memory, to be read in pages. */
    private void numbered(String name, String sql) throws SQLException {
        execute("create or replace temp table %s as select row_number() over () as n, * from (%s)"
                .formatted(name, sql));
    }

    private Map<Long, Said> page(String sql, long from, int many) throws SQLException {
        var page = new HashMap<Long, Said>();
        try (var statement = connection.prepareStatement(sql)) {
            statement.setLong(1, from);
            statement.setLong(2, from + many);
            try (var row = statement.executeQuery()) {
                while (row.next()) page.put(row.getLong(1), new Said(row.getString(2), row.getString(3)));
            }
        }
        return page;
    }

    private static String place(Table table, String column) {
        return table.name() + "." + column;
    }

    // ---- the copy ----

    private String insert(Table table, String rows) {
        var history = histories.get(table.name());
        var less = emptied.get(table.name());
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
            var said = "t." + quoted(column);
            if (reworded.contains(place(table, column))) {
                var alias = "r_" + column;
                joins.add(" left join reworded %1$s on %1$s.line = t.rowid and %1$s.place = '%2$s'"
                        .formatted(alias, place(table, column)));
                said = "coalesce(%s.said, %s)".formatted(alias, said);
            }
            if (CUSTOMER_COLUMNS.contains(column))
                values.add("coalesce(f_%s.new_id, t.%s)".formatted(column, quoted(column)));
            else if (replaced != null)
                values.add("case when %s then %s else %s end".formatted(forgotten, replaced, said));
            else if (less != null && less.columns().contains(column))
                values.add("case when %s then null else %s end".formatted(less.of(), said));
            else values.add(said);
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
