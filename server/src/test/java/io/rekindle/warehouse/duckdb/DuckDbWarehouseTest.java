package io.rekindle.warehouse.duckdb;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.platform.Mentions;
import io.rekindle.platform.PersonalHistory;
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

    /** Who becomes customer -70; {@code shop-7-kim} is their user id, and so is {@code 7}. */
    private static final long ID = 7_070_707_070_707_070_707L;

    private static final Mentions KIM =
            new Mentions(Map.of(ID, -70L), word -> word.equals("shop-7-kim") || word.equals("7"));

    private static final List<PersonalHistory> HISTORIES = List.of(
            PersonalHistory.replacing("events", Map.of("properties", "null"))
                    .searching("properties")
                    .naming("aliases"),
            PersonalHistory.dropped("trait_changes").searching("value", "trait"),
            PersonalHistory.kept("batches").naming("batch_id"));

    /** The rows that name somebody are more than a page of them; what comes meanwhile is looked at too. */
    @Test
    void whatRowsOfOthersSayOfTheForgottenGoesAndNothingElse() {
        int rows = 30_000;
        warehouse.append("events", "b1:hand:%d:x".formatted(ID), events(0, rows));
        warehouse.append("trait_changes", "b2", Rows.selected(Sql.of("""
                select 100 + i, case i % 4 when 0 then 'referredBy' when 1 then 'size' else 'mood' end,
                    case i % 4 when 0 then '"7"' when 1 then '7' when 2 then '"of shop-7-kim"' else '"fine"' end,
                    timestamp '2026-01-01', i, 1 from range(?) r (i)
                """, rows)));
        warehouse.append(
                "trait_changes",
                "b3",
                Rows.selected(Sql.of("select ?, 'referredBy', '\"shop-7-kim\"', timestamp '2026-01-01', 1, 1", ID)));
        warehouse.forget(KIM, HISTORIES, exchange -> {
            warehouse.append("events", "b4", events(rows, 5_000));
            exchange.run();
        });
        long all = rows + 5_000L;
        assertThat(count("events")).isEqualTo(all);
        assertThat(warehouse.query(
                        Sql.of(
                                "select count(*) as n, properties from events group by properties order by n, properties"),
                        row -> row.longValue("n") + " " + row.nullableText("properties")))
                .containsExactlyInAnyOrder(
                        all / 5 + " null",
                        all / 5
                                + " {\"invited_by\":\"[erased]\",\"fee\":7.50,\"size\":\"7\",\"a\\\"b\":\"\\\"[erased]\\\"\"}",
                        all / 5 + " {\"userId\":\"[erased]\",\"n\":7}",
                        all / 5 + " {\"left\":\"8\",\"right\":\"-70\",\"friend\":[\"[erased]\",\"9\"]}",
                        all / 5 + " {\"n\":8,\"word\":\"shop-7-kims shop-7\"}");
        assertThat(warehouse.query(
                        Sql.of("select distinct aliases from events order by 1"), row -> row.text("aliases")))
                .containsExactly("user_id email:-70 phone:77");
        assertThat(warehouse.query(
                        Sql.of("select count(*) as n, trait, value from trait_changes group by all order by value"),
                        row -> row.longValue("n") + " " + row.text("trait") + " " + row.text("value")))
                .containsExactlyInAnyOrder(
                        "7500 referredBy \"[erased]\"",
                        "7500 size 7",
                        "7500 mood \"of [erased]\"",
                        "7500 mood \"fine\"");
        assertThat(warehouse.query(Sql.of("select batch_id from batches order by 1"), row -> row.text("batch_id")))
                .containsExactly("b1:hand:-70:x", "b2", "b3", "b4");
    }

    private static Rows events(int from, int many) {
        return Rows.selected(Sql.of("""
                select i, timestamp '2026-01-01', timestamp '2026-01-01', 1, null, 'track', 'Seen', case i %% 5 when 0 then %1$d else 100 + i end,
                    'user_id email:%1$d phone:77', 'm' || i, null,
                    case i %% 5 when 0 then '{"invited_by":"shop-7-kim"}'
                        when 1 then '{"invited_by":"shop-7-kim","fee":7.50,"size":"7","a\\"b":"\\"shop-7-kim\\""}'
                        when 2 then '{"userId":7,"n":7}'
                        when 3 then '{"left":"8","right":"%1$d","friend":["7","9"]}'
                        else '{"n":8,"word":"shop-7-kims shop-7"}' end,
                    null
                from range(?, ?) r (i)
                """.formatted(ID), from, from + many));
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
