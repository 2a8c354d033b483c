package io.rekindle.warehouse.duckdb;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.WarehouseSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DuckDbWarehouseTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00.123456Z");
    private static final WarehouseSettings SETTINGS = new WarehouseSettings(1, "512MB");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private DuckDbWarehouse warehouse;

    @BeforeEach
    void open() {
        warehouse = new DuckDbWarehouse(folder.resolve("w.duckdb"), SETTINGS);
    }

    @AfterEach
    void close() {
        warehouse.close();
    }

    @Test
    void aRepeatedBatchIsAppendedOnce() {
        assertThat(warehouse.append("stage_changes", "b1", stages(3))).isTrue();
        assertThat(warehouse.append("stage_changes", "b1", stages(3))).isFalse();
        assertThat(warehouse.append("tier_changes", "b1", Rows.written(rows -> {})))
                .as("the same id on another table is another batch")
                .isTrue();
        assertThat(count("stage_changes")).isEqualTo(3);
    }

    @Test
    void aBatchThatFailsHalfWayLeavesNothingBehind() {
        assertThatThrownBy(() -> warehouse.append("stage_changes", "b2", Rows.written(rows -> {
                    stages(5000).writeTo(rows);
                    throw new IllegalStateException("the caller broke off");
                })))
                .hasMessage("the caller broke off");
        assertThat(count("stage_changes")).isZero();
        assertThat(warehouse.append("stage_changes", "b2", stages(2))).isTrue();
    }

    @Test
    void instantsKeepTheirMicrosecondsWhateverTheZoneOfTheMachine() {
        warehouse.append("stage_changes", "b3", stages(1));
        var at = warehouse.first(
                Sql.of("select valid_from from stage_changes where valid_from = ?", NOON),
                row -> row.instant("valid_from"));
        assertThat(at).hasValue(NOON);
    }

    @Test
    void selectedRowsAreABatchToo() {
        warehouse.append("stage_changes", "b4", stages(10));
        var copy = Rows.selected(Sql.of("select customer_id + ?, stage, valid_from from stage_changes", 100L));
        assertThat(warehouse.append("stage_changes", "b5", copy)).isTrue();
        assertThat(warehouse.append("stage_changes", "b5", copy)).isFalse();
        assertThat(count("stage_changes")).isEqualTo(20);
    }

    @Test
    void whatWasAppendedIsThereAfterOpeningAgain() {
        warehouse.append("stage_changes", "b6", stages(4));
        warehouse.close();
        warehouse = new DuckDbWarehouse(folder.resolve("w.duckdb"), SETTINGS);
        assertThat(count("stage_changes")).isEqualTo(4);
        assertThat(warehouse.append("stage_changes", "b6", stages(4))).isFalse();
    }

    @Test
    void theFileAndItsCopyHaveTheFormThatToolsOfDuckDb14Read() throws IOException {
        warehouse.append("stage_changes", "b7", stages(4));
        try (var snapshot = warehouse.open(folder.resolve("."))) {
            snapshot.copy();
        }
        warehouse.close();
        for (var name : List.of("w.duckdb", "warehouse.duckdb")) {
            // https://duckdb.org/docs/stable/internals/storage: after the checksum "DUCK", then the version; 1.4 is 67.
            var head = ByteBuffer.wrap(Files.readAllBytes(folder.resolve(name)), 0, 20)
                    .order(ByteOrder.LITTLE_ENDIAN);
            assertThat(new byte[] {head.get(8), head.get(9), head.get(10), head.get(11)})
                    .asString(US_ASCII)
                    .isEqualTo("DUCK");
            assertThat(head.getLong(12)).as(name).isEqualTo(67);
        }
    }

    private static Rows.Written stages(int count) {
        return rows -> {
            for (int i = 0; i < count; i++)
                rows.value((long) i).value("new").value(NOON).end();
        };
    }

    private long count(String table) {
        return warehouse
                .first(Sql.of("select count(*) as n from " + table), row -> row.longValue("n"))
                .orElseThrow();
    }
}
