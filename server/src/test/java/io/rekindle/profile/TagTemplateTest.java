package io.rekindle.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.platform.Problem;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.WarehouseException;
import io.rekindle.warehouse.WarehouseSettings;
import io.rekindle.warehouse.duckdb.DuckDbWarehouse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** What a query of a tag may not do, tried on the engine itself: both that it is refused and that the engine would not do it. */
class TagTemplateTest {
    private static final String SECRET = "the key that opens all";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path folder;

    @SuppressWarnings("NullAway.Init")
    private static DuckDbWarehouse warehouse;

    @SuppressWarnings("NullAway.Init")
    private static TagTemplate templates;

    @BeforeAll
    static void open() throws IOException {
        Files.writeString(folder.resolve("rekindle.key"), SECRET);
        Files.writeString(folder.resolve("customers.csv"), "id,mail\n1,anna@example.com\n");
        Files.writeString(folder.resolve("customers.json"), "[{\"id\":1,\"mail\":\"anna@example.com\"}]");
        warehouse = new DuckDbWarehouse(folder.resolve("w.duckdb"), new WarehouseSettings(1, "512MB"));
        templates = new TagTemplate(warehouse, JsonMapper.builder().build());
    }

    @AfterAll
    static void close() {
        warehouse.close();
    }

    static Stream<String> attacks() {
        return Stream.of(
                        // A part of the query that is called like a function, a file or a table.
                        "with \"read_text()\" as (select 1 as n) select row_number() over () as customer_id, content as value from read_text('KEY')",
                        "with read_text as (select 1 as n) select 1 as customer_id, content as value from read_text('KEY')",
                        "with \"read_text\" as (select 1 as n), t as (from read_text('KEY')) select 1 as customer_id, content as value from t",
                        "with \"glob()\" as (select 1 as n) select 1 as customer_id, file as value from glob('DIR/*')",
                        "select 1 as customer_id, a.mail as value from \"CSV\" a, (with \"CSV\" as (select 1 as n) select n from \"CSV\") b",
                        "select 1 as customer_id, a.mail as value from 'CSV' a, (with \"CSV\" as (select 1 as n) select n from \"CSV\") b",
                        "select 1 as customer_id, a.value from trait_changes a, (with trait_changes as (select 1 as n) select n from trait_changes) b",
                        "select 1 as customer_id, a.value from trait_changes a where exists (with trait_changes as (select 1) from trait_changes)",
                        "select 1 as customer_id, a.value from Trait_Changes a, (with Trait_Changes as (select 1 as n) from Trait_Changes) b",
                        "with x as (with trait_changes as (select 1 as n) select n from trait_changes) select customer_id, value from trait_changes, x",
                        "with a as (select customer_id, value from trait_changes), trait_changes as (select 1) select customer_id, value from a",
                        "with duckdb_tables as (select 1) select 1 as customer_id, table_name as value from duckdb_tables",
                        "with \"main.trait_changes\" as (select 1) select customer_id, value from main.trait_changes",
                        "with \"Orders_Now\" as (select 1) select customer_id, 1 as value from orders_now",
                        "with \"a b\" as (select 1 as customer_id, 2 as value) select * from \"a b\"",
                        "with later as (select * from after_it), after_it as (select 1 as customer_id, 2 as value) select * from later",
                        // Files as tables.
                        "select 1 as customer_id, mail as value from 'CSV'",
                        "select 1 as customer_id, mail as value from \"CSV\"",
                        "select 1 as customer_id, mail as value from ('CSV')",
                        "select 1 as customer_id, mail as value from \"DIR/customers.json\"",
                        "select 1 as customer_id, mail as value from \"DIR/*.csv\"",
                        "select 1 as customer_id, mail as value from customers.csv",
                        "select 1 as customer_id, (select mail from 'CSV') as value",
                        "select 1 as customer_id, 2 as value from orders_now where customer_id in (select id from 'CSV')",
                        "select 1 as customer_id, 2 as value union all select id, mail from 'CSV'",
                        "select 1 as customer_id, 2 as value union by name from 'CSV'",
                        "select 1 as customer_id, 2 as value order by (select max(id) from 'CSV')",
                        "select 1 as customer_id, 2 as value limit (select count(*) from 'CSV')",
                        "select 1 as customer_id, l.mail as value from orders_now o, lateral (select mail from 'CSV' where id = o.customer_id) l",
                        "from 'CSV' select id as customer_id, mail as value",
                        "select 1 as customer_id, 2 as value from orders_now semi join 'CSV' c on c.id = customer_id",
                        "select 1 as customer_id, 2 as value qualify row_number() over (order by (select max(id) from 'CSV')) = 1",
                        "select o.customer_id, 1 as value from orders_now o asof join orders_now p on o.ordered_at >= p.ordered_at and p.customer_id in (select id from 'CSV')",
                        "with recursive r(n) as (select 1 union select id from 'CSV') select n as customer_id, 1 as value from r",
                        // Functions that give tables.
                        "select 1 as customer_id, content as value from read_text('KEY')",
                        "select 1 as customer_id, content as value from read_blob('KEY')",
                        "select 1 as customer_id, content as value from READ_TEXT('KEY')",
                        "select 1 as customer_id, content as value from \"read_text\"('KEY')",
                        "select 1 as customer_id, content as value from main.read_text('KEY')",
                        "select 1 as customer_id, mail as value from read_csv('CSV')",
                        "select 1 as customer_id, mail as value from read_csv_auto('CSV')",
                        "select 1 as customer_id, mail as value from read_json('DIR/customers.json')",
                        "select 1 as customer_id, mail as value from read_json_auto('DIR/customers.json')",
                        "select 1 as customer_id, json as value from read_ndjson_objects('DIR/customers.json')",
                        "select 1 as customer_id, 2 as value from read_parquet('DIR/x.parquet')",
                        "select 1 as customer_id, 2 as value from parquet_scan('DIR/x.parquet')",
                        "select 1 as customer_id, 2 as value from parquet_metadata('DIR/x.parquet')",
                        "select 1 as customer_id, 2 as value from read_duckdb('DIR/w.duckdb', table_name = 'events')",
                        "select 1 as customer_id, file as value from glob('DIR/*')",
                        "select 1 as customer_id, 2 as value from sniff_csv('CSV')",
                        "select customer_id, value from query('select 1 as customer_id, content as value from read_text(''KEY'')')",
                        "select customer_id, value from query_table('trait_changes')",
                        "select customer_id, value from query_table(['trait_changes'])",
                        "select customer_id, value from json_execute_serialized_sql(json_serialize_sql('select 1'))",
                        "select 1 as customer_id, name as value from duckdb_settings()",
                        "select 1 as customer_id, table_name as value from duckdb_tables()",
                        "select 1 as customer_id, path as value from duckdb_databases()",
                        "select 1 as customer_id, message as value from duckdb_logs()",
                        "select 1 as customer_id, name as value from pragma_table_info('events')",
                        "select 1 as customer_id, library_version as value from pragma_version()",
                        "select 1 as customer_id, 2 as value from pragma_storage_info('events')",
                        "select customer_id, value from seq_scan('trait_changes')",
                        "select 1 as customer_id, 2 as value from checkpoint()",
                        "select 1 as customer_id, 2 as value from enable_logging()",
                        "select 1 as customer_id, u.c as value from orders_now o, unnest((select list(content) from read_text('KEY'))) u(c)",
                        "select 1 as customer_id, n as value from range((select count(*) from glob('DIR/*'))) r(n)",
                        // Functions.
                        "select 1 as customer_id, read_text('KEY') as value",
                        "select 1 as customer_id, 'KEY'.read_text() as value",
                        "select 1 as customer_id, glob('DIR/*') as value",
                        "select 1 as customer_id, getenv('HOME') as value",
                        "select 1 as customer_id, current_setting('temp_directory') as value",
                        "select 1 as customer_id, getvariable('x') as value",
                        "select 1 as customer_id, version() as value",
                        "select 1 as customer_id, current_database() as value",
                        "select 1 as customer_id, current_query() as value",
                        "select 1 as customer_id, nextval('x') as value",
                        "select 1 as customer_id, json_serialize_plan('select * from read_csv(''CSV'')') as value",
                        "select 1 as customer_id, random() as value",
                        "select 1 as customer_id, uuid() as value",
                        "select 1 as customer_id, now() as value",
                        "select 1 as customer_id, current_localtimestamp() as value",
                        "select 1 as customer_id, current_date as value",
                        "select 1 as customer_id, Current_Timestamp as value",
                        "select 1 as customer_id, localtimestamp as value",
                        "select 1 as customer_id, current_user as value",
                        "select 1 as customer_id, list_transform([1], lambda x: read_text('KEY')) as value",
                        // What is none of a question's clauses.
                        "with x as (insert into trait_changes values (1, 'a', '1', '2020-01-01', 1, null) returning customer_id) select customer_id, 1 as value from x",
                        "with x as (delete from trait_changes returning customer_id) select customer_id, 1 as value from x",
                        "with x as (update trait_changes set value = '1' returning customer_id) select customer_id, 1 as value from x",
                        "select 1 as customer_id, column_name as value from (describe orders_now)",
                        "select 1 as customer_id, column_name as value from (summarize orders_now)",
                        "select 1 as customer_id, name as value from (show tables)",
                        "select customer_id, 1 as value from (pivot orders_now on currency using count(*))",
                        "select customer_id, net as value from orders_now tablesample 10%",
                        "select customer_id, net as value from orders_now using sample 10",
                        // What is no question.
                        "copy (select 1 as customer_id, 2 as value) to 'DIR/out.csv'",
                        "copy trait_changes from 'CSV'",
                        "attach 'DIR/other.duckdb'",
                        "pragma version",
                        "call pragma_version()",
                        "set threads = 1",
                        "install httpfs",
                        "load httpfs",
                        "create macro m() as 1",
                        "create table x as select 1",
                        "drop table trait_changes",
                        "export database 'DIR/out'",
                        "import database 'DIR/out'",
                        "select 1 as customer_id, 2 as value; copy (select 1) to 'DIR/out.csv'",
                        "select 1 as customer_id, 2 as value) union all (select 1, content from read_text('KEY')",
                        "select 1 as customer_id, 2 as value from (values (1)) --",
                        "prepare p as select 1",
                        // Other tables, however they are written.
                        "select customer_id, value from trait_changes",
                        "select customer_id, value from main.traits_now",
                        "select customer_id, value from w.main.traits_now",
                        "select 1 as customer_id, table_name as value from information_schema.tables",
                        "select 1 as customer_id, name as value from sqlite_master",
                        "select 1 as customer_id, relname as value from pg_catalog.pg_class",
                        "table trait_changes")
                .map(TagTemplateTest::withPlaces);
    }

    private static String withPlaces(String query) {
        return query.replace("KEY", folder.resolve("rekindle.key").toString())
                .replace("CSV", folder.resolve("customers.csv").toString())
                .replace("DIR", folder.toString());
    }

    @ParameterizedTest
    @MethodSource("attacks")
    void isRefused(String query) {
        assertThatThrownBy(() -> templates.check(query, Map.of()))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo(TagTemplate.INVALID));
        assertThat(folder.resolve("out.csv")).doesNotExist();
    }

    /** Should the check ever let one pass, or have let one pass in a version before: the engine has no way to the files. */
    @ParameterizedTest
    @MethodSource("attacks")
    void wouldNotReadAFileIfItWereRun(String query) {
        var read = new StringBuilder();
        try {
            warehouse.stream(
                    Sql.of("select cast(v as varchar) as words from")
                            .then(Sql.of(query).inParentheses())
                            .then("v"),
                    row -> read.append(row.nullableText("words")));
        } catch (WarehouseException | IllegalArgumentException cannotBeRun) {
            assertThat(cannotBeRun.getMessage()).doesNotContain(SECRET);
        }
        assertThat(read.toString()).doesNotContain(SECRET, "anna@example.com", "rekindle.key");
        assertThat(folder.resolve("out.csv")).doesNotExist();
    }

    @Test
    void whatWasAcceptedOnceIsLookedAtAgainBeforeItRuns() {
        var query = withPlaces(
                "with \"read_text()\" as (select 1) select 1 as customer_id, content as value from read_text('KEY')");
        assertThatThrownBy(() -> templates.views(query)).isInstanceOf(Problem.class);
    }

    @Test
    void theQueriesOfTheTagsThatAreShippedPass() {
        var statistics = ShippedTags.read(JsonMapper.builder().build()).values().stream()
                .map(TagForm::content)
                .filter(TagContent.ByStatistic.class::isInstance)
                .map(TagContent.ByStatistic.class::cast)
                .toList();
        assertThat(statistics).hasSizeGreaterThan(20);
        for (var statistic : statistics)
            assertThatCode(() -> templates.check(statistic.sql(), statistic.parameters()))
                    .as(statistic.sql())
                    .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "with own as (select customer_id, sum(net) as value from orders_now group by customer_id) select * from own",
                "with a as (select customer_id from orders_now), b as (select customer_id, 1 as value from a) select * from b where customer_id in (select customer_id from a)",
                "select customer_id, value from (with a as (select customer_id, 1 as value from orders_now) select * from a) b",
                "with a as materialized (select customer_id, max(net) as value from orders_now group by all) select * from a union all select * from a",
                "with recursive steps(n) as (select 1 union all select n + 1 from steps where n < 3) select n as customer_id, n as value from steps",
                "select o.customer_id, r.n as value from orders_now o, range(3) r(n)",
                "select o.customer_id, u.word as value from orders_now o, unnest(['read_text', '/tmp/customers.csv']) u(word)",
                "select customer_id, case when currency = 'file.csv' then 'a' else 'b' end as value from orders_now",
                "select customer_id, l.n as value from orders_now o, lateral (select o.net + 1 as n) l",
                "select customer_id, list_aggregate(list_transform([net], lambda x: x + 1), 'sum') as value from orders_now",
                "select customer_id, rank() over (partition by currency order by net) as value from orders_now",
                "select customer_id, count(*) filter (where net > 0) as value from orders_now group by customer_id order by 1 desc nulls last limit 5",
                "from (values (1, 'x')) v(customer_id, value)",
            })
    void anHonestQuestionPasses(String query) {
        assertThatCode(() -> templates.check(query, Map.of())).as(query).doesNotThrowAnyException();
    }

    @Test
    void aQuestionMarkThatTheEngineAndWeReadOtherwiseIsNoFaultOfTheServer() {
        for (var query : List.of(
                "select 1 as customer_id, $$?$$ as value",
                "select 1 as customer_id, 2 as value /* ? */",
                "select 1 as customer_id, $a as value"))
            assertThatThrownBy(() -> templates.check(query, Map.of()))
                    .as(query)
                    .isInstanceOfSatisfying(
                            Problem.class,
                            problem -> assertThat(problem.faults())
                                    .extracting(Problem.Fault::code)
                                    .contains("tag_sql_marks"));
    }
}
