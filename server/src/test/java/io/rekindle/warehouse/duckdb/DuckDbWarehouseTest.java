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
import java.sql.DriverManager;
import java.sql.SQLException;
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

    /** Two customers whom a merge had made one: the row of the first assignment counts, whatever becomes of them later. */
    @Test
    void outcomesOfAFileWithoutTheColumnsOfWhatCountsAreReadAsTheyWereMeant() throws SQLException {
        warehouse.close();
        var file = folder.resolve("w.duckdb");
        try (var old = DriverManager.getConnection("jdbc:duckdb:" + file);
                var statement = old.createStatement()) {
            statement.execute("drop view outcomes_now");
            statement.execute("drop table outcomes");
            statement.execute("""
                    create table outcomes (
                        decision_id bigint not null, run_id bigint not null, campaign_id bigint not null, customer_id bigint not null, arm varchar not null,
                        window_from timestamp not null, window_to timestamp not null, converted boolean not null, orders integer not null, gross decimal(18, 4) not null,
                        refunds decimal(18, 4) not null, discount decimal(18, 4) not null, offer_cost decimal(18, 4) not null, message_cost decimal(18, 4) not null,
                        net_revenue decimal(18, 4) not null, attributed_orders integer not null, attributed_revenue decimal(18, 4) not null, recorded_at timestamp not null,
                        first_order_at timestamp)
                    """);
            for (var row : List.of("71, 1, 1, 2, 'treatment'", "72, 1, 1, 2, 'holdout'", "73, 1, 1, 3, 'treatment'"))
                statement.execute(
                        "insert into outcomes values (%s, '2026-01-01', '2026-01-15', true, 1, 5, 0, 0, 0, 0, 5, 0, 0, '2026-01-16', '2026-01-02')"
                                .formatted(row));
            for (var row : List.of("71, 1, 1, 1, true, null, 'treatment'", "72, 1, 1, 2, true, null, 'holdout'"))
                statement.execute(
                        "insert into decisions values (%s, 0.5, 'aa', 'send', null, 'email', null, null, null, null, '2026-01-01')"
                                .formatted(row));
            for (var row : List.of("1, 2, '2026-01-03', 'merged', 1", "1, 1, '2026-01-20', 'un-merged', 2"))
                statement.execute("insert into identity_changes values (%s)".formatted(row));
        }
        warehouse = new DuckDbWarehouse(file, SETTINGS);
        assertThat(warehouse.query(
                        Sql.of("select * from outcomes_now order by decision_id"),
                        row -> "%d of %d counts in %d, contaminated %s"
                                .formatted(
                                        row.longValue("decision_id"),
                                        row.longValue("customer_id"),
                                        row.longValue("counted_decision_id"),
                                        row.booleanValue("contaminated"))))
                .containsExactly(
                        "71 of 1 counts in 72, contaminated true",
                        "72 of 2 counts in 72, contaminated true",
                        "73 of 3 counts in 73, contaminated false");
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
