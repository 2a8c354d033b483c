package io.rekindle.warehouse.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.WarehouseSettings;
import java.nio.file.Path;
import java.time.Instant;
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
