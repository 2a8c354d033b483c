package io.rekindle.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** All that stands at rest, as text to search: for what must not be readable there. */
public final class EverythingStored {
    private EverythingStored() {}

    /** Every row of every table of PostgreSQL; bytes as hexadecimal digits. */
    public static String inPostgresql(JdbcClient jdbc) {
        var all = new StringBuilder();
        List<String> tables = jdbc.sql(
                        "select quote_ident(tablename) as name from pg_tables where schemaname = 'public'")
                .query((row, n) -> row.getString("name"))
                .list();
        for (var table : tables)
            jdbc.sql("select t::text as line from " + table + " t").query(row -> {
                all.append(row.getString("line")).append('\n');
            });
        return all.toString();
    }

    /** Every row of every table of the warehouse: the file itself may hold it compressed. */
    public static String inTheWarehouse(Warehouse warehouse) {
        var all = new StringBuilder();
        var tables = warehouse.query(
                Sql.of("select table_name from information_schema.tables where table_type = 'BASE TABLE'"),
                row -> row.text("table_name"));
        for (var table : tables)
            warehouse.stream(
                    Sql.of("select cast(t as varchar) as line from " + table + " t"),
                    row -> all.append(row.text("line")).append('\n'));
        return all.toString();
    }

    /** The bytes of every file of a folder, one character each. */
    public static String inFiles(Path folder) throws IOException {
        var all = new StringBuilder();
        for (var file : TestFolders.filesIn(folder)) {
            try {
                all.append(Files.readString(file, StandardCharsets.ISO_8859_1));
            } catch (NoSuchFileException goneMeanwhile) {
                assertThat(file).doesNotExist();
            }
        }
        return all.toString();
    }
}
