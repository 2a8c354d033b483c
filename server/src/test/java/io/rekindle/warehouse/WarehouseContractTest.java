package io.rekindle.warehouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.testing.TestFolders;
import io.rekindle.warehouse.duckdb.DuckDbWarehouse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/** The schema is a public contract: docs/warehouse.md names every table and view, and every column of a table. */
class WarehouseContractTest {
    @Test
    void everyTableAndColumnIsDocumented() throws Exception {
        var page = Files.readAllLines(Path.of(System.getProperty("rekindle.root"), "docs", "warehouse.md"));
        var missing = new ArrayList<String>();
        try (var warehouse = new DuckDbWarehouse(
                TestFolders.newFolder("contract").resolve("w.duckdb"), new WarehouseSettings(1, "512MB"))) {
            warehouse.stream(Sql.of("""
                            select c.table_name, c.column_name, t.table_type from information_schema.columns c
                            join information_schema.tables t on t.table_name = c.table_name
                            where c.table_schema = 'main'
                            """), row -> {
                var table = row.text("table_name");
                var line = page.stream()
                        .filter(l -> l.startsWith("| `" + table + "` |"))
                        .findFirst();
                if (line.isEmpty()) missing.add(table);
                else if (row.text("table_type").equals("BASE TABLE")
                        && !line.get().contains("`" + row.text("column_name") + "`"))
                    missing.add(table + "." + row.text("column_name"));
            });
        }
        assertThat(missing).isEmpty();
    }
}
