package io.rekindle.warehouse.duckdb;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.warehouse.FileForm;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.WarehouseException;
import io.rekindle.warehouse.WarehouseSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    @Test
    void theEngineHasNoWayToFilesThatAreNotItsOwnAndNobodyCanGiveItOne() throws IOException {
        var secret = Files.writeString(folder.resolve("secret.csv"), "word\nclosed\n");
        var link = Files.createSymbolicLink(folder.resolve("w.duckdb.work/link.csv"), secret);
        for (var statement : List.of(
                "select * from read_csv('%s')".formatted(secret),
                "select * from read_csv('%s')".formatted(link),
                "select * from '%s'".formatted(secret),
                "select * from read_csv('%s/w.duckdb.work/../secret.csv')".formatted(folder),
                "select * from glob('%s/*')".formatted(folder),
                "copy (select 1 as n) to '%s/out.csv'".formatted(folder),
                "attach '%s/other.duckdb' as other".formatted(folder),
                "set enable_external_access = true",
                "set allowed_directories = ['/']",
                "reset lock_configuration"))
            assertThatThrownBy(() -> warehouse.query(Sql.of(statement), row -> 1))
                    .as(statement)
                    .isInstanceOf(WarehouseException.class)
                    .message()
                    .containsAnyOf("disabled by configuration", "has been locked", "does not exist");
        assertThat(folder.resolve("out.csv")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "it's, [one] \"place\"", "a, b", "数据 {1}"})
    void filesGoWhereTheyAreAskedToWhateverFoldersAreCalledAndNothingIsLeftOver(String name) throws IOException {
        var place = Files.createDirectory(folder.resolve(name));
        try (var own = new DuckDbWarehouse(place.resolve("own.duckdb"), SETTINGS)) {
            own.append("stage_changes", "b8", stages(7));
            assertThat(own.write(
                            Sql.of("select customer_id, ? as word from stage_changes", "it's"),
                            place.resolve("out.csv.gz"),
                            FileForm.CSV))
                    .isEqualTo(7);
            try (var lines = new BufferedReader(new InputStreamReader(
                    new GZIPInputStream(Files.newInputStream(place.resolve("out.csv.gz"))), UTF_8))) {
                assertThat(lines.lines()).hasSize(8).contains("3,it's");
            }
            own.write(Sql.of("select 1 as n"), place.resolve("out.parquet"), FileForm.PARQUET);
            assertThat(place.resolve("out.parquet")).isNotEmptyFile();
            var backup = Files.createDirectory(place.resolve("backup"));
            try (var snapshot = own.open(backup)) {
                snapshot.copy();
            }
            own.compact(Map.of("stage_changes", "t.customer_id < 5"), Runnable::run);
            assertThat(rows(own)).isEqualTo(5);
            try (var copy = new DuckDbWarehouse(backup.resolve("warehouse.duckdb"), SETTINGS)) {
                assertThat(rows(copy)).isEqualTo(7);
            }
            assertThat(place.resolve("own.duckdb.work")).isEmptyDirectory();
        }
    }

    private static long rows(DuckDbWarehouse of) {
        return of.first(Sql.of("select count(*) as n from stage_changes"), row -> row.longValue("n"))
                .orElseThrow();
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
