package io.rekindle.profile;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.common.CustomerId;
import io.rekindle.platform.BusinessClock;
import io.rekindle.segment.Rule;
import io.rekindle.segment.Segments;
import io.rekindle.segment.ValueTest;
import io.rekindle.testing.RekindleTest;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@RekindleTest
class TagsOverHttpTest {
    private static final long FIRST = 5_040_000_000_000L;

    private final HttpClient http = HttpClient.newHttpClient();
    private final JsonMapper json = JsonMapper.builder().build();
    private final int port;
    private final Warehouse warehouse;
    private final Segments segments;
    private final TagStore store;
    private final Tags tags;
    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final BusinessClock clock;
    private final TagJob job;

    TagsOverHttpTest(
            @LocalServerPort int port,
            @Autowired Warehouse warehouse,
            @Autowired Segments segments,
            @Autowired TagStore store,
            @Autowired Tags tags,
            @Autowired JdbcClient jdbc,
            @Autowired TransactionTemplate transaction,
            @Autowired BusinessClock clock,
            @Autowired TagJob job) {
        this.port = port;
        this.warehouse = warehouse;
        this.segments = segments;
        this.store = store;
        this.tags = tags;
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.clock = clock;
        this.job = job;
    }

    @Test
    void aTagIsApprovedThenWorkedOutKeptAsHistoryAndAskedByRulesTodayAndAsOfBefore() throws Exception {
        traits(0, "tg_color", "2026-01-01T00:00:00Z", "red", "red", "blue");
        var definition = """
                {"name":{"en":"Colour","zh":"颜色"},"description":{"en":"Favourite colour.","zh":"最喜欢的颜色。"},"owner":"crm",
                 "type":"text","kind":"statistic","parameters":{"trait":"tg_color"},
                 "sql":"select customer_id, json_text(value, '$') as value from traits_now where trait = {trait}"}
                """;
        assertThat(send("POST", "/api/tags/preview", definition, 200)
                        .at("/values/0")
                        .toString())
                .isEqualTo("{\"value\":\"red\",\"customers\":2}");
        var made = send("POST", "/api/tags", "{\"key\":\"tg_colour\",\"definition\":%s}".formatted(definition), 201);
        assertThat(made.get("approvedVersion").isNull()).isTrue();
        assertThat(made.get("lineage").toString()).isEqualTo("[\"view.traits_now\"]");
        assertThat(made.get("health").toString()).contains("unapproved");
        var asks = "{\"rule\":{\"tag\":\"tg_colour\",\"is\":\"equals\",\"value\":\"red\"}}";
        assertThat(send("POST", "/api/segments/preview", asks, 422)
                        .at("/errors/0/code")
                        .stringValue())
                .isIn("tag_not_there", "tag_misspelt");

        var approved = send("POST", "/api/tags/tg_colour/approve", "{\"version\":1}", 200);
        assertThat(approved.at("/run/covered").longValue()).isEqualTo(3);
        assertThat(approved.at("/run/changed").longValue()).isEqualTo(3);
        assertThat(approved.get("health").toString()).contains("unused").doesNotContain("unapproved", "failing");
        var preview = send("POST", "/api/segments/preview", asks, 200);
        assertThat(preview.get("count").longValue()).isEqualTo(2);
        assertThat(preview.at("/words/en").stringValue())
                .isEqualTo("customers who have the tag “Colour” equal to “red”");
        assertThat(preview.at("/words/zh").stringValue()).isEqualTo("标签“颜色”等于“red”的客户");

        traits(0, "tg_color", "2026-02-01T00:00:00Z", "green", "red", null);
        send("POST", "/api/tags/refresh", "{\"tags\":[\"tg_colour\"]}", 200);
        assertThat(changes("tg_colour"))
                .as("only what changed is written")
                .containsExactly("0 \"red\"", "1 \"red\"", "2 \"blue\"", "0 \"green\"", "2 null");
        assertThat(send("POST", "/api/segments/preview", asks, 200).get("count").longValue())
                .isEqualTo(1);
        var red = new Rule.Tag("tg_colour", new ValueTest.Equals(new ValueTest.Scalar.Text("red")));
        warehouse.append(
                "tag_changes",
                "tg_colour before",
                Rows.written(rows -> rows.value(FIRST)
                        .value("tg_colour")
                        .value("\"red\"")
                        .value(Instant.parse("2026-02-02T00:00:00Z"))
                        .value(1)
                        .value(0L)
                        .end()));
        assertThat(members(red, Instant.parse("2026-02-03T00:00:00Z"))).containsExactly(FIRST);
        assertThat(members(red, clock.instant())).containsExactly(FIRST + 1);
        assertThat(tags.of(List.of(new CustomerId(FIRST), new CustomerId(FIRST + 2))))
                .hasEntrySatisfying(
                        new CustomerId(FIRST),
                        held -> assertThat(held)
                                .extracting(TagValue::key, v -> v.value().stringValue())
                                .containsExactly(org.assertj.core.groups.Tuple.tuple("tg_colour", "green")))
                .containsEntry(new CustomerId(FIRST + 2), List.of());
        // Nothing has changed since: nothing more is written.
        send("POST", "/api/tags/refresh", "{\"tags\":[\"tg_colour\"]}", 200);
        assertThat(changes("tg_colour")).hasSize(6);

        // PostgreSQL is behind after a crash between the two stores: it is read again from the history.
        jdbc.sql("delete from customer_tags where customer_id = :id")
                .param("id", FIRST)
                .update();
        store.unsettled(true);
        send("POST", "/api/tags/refresh", "{\"tags\":[\"tg_colour\"]}", 200);
        assertThat(tags.of(List.of(new CustomerId(FIRST))).get(new CustomerId(FIRST)))
                .hasSize(1);

        // Two customers turn out to be one: what began last stands, in both stores.
        var owners =
                Map.of(new CustomerId(FIRST), new CustomerId(FIRST), new CustomerId(FIRST + 1), new CustomerId(FIRST));
        transaction.executeWithoutResult(status -> store.readAgain(owners.keySet(), owners));
        assertThat(store.of(List.of(new CustomerId(FIRST), new CustomerId(FIRST + 1))))
                .containsOnlyKeys(new CustomerId(FIRST))
                .hasEntrySatisfying(
                        new CustomerId(FIRST),
                        held -> assertThat(held.toString()).contains("green"));

        var segment = send(
                "POST",
                "/api/segments",
                "{\"name\":\"the red\",\"rule\":{\"tag\":\"tg_colour\",\"is\":\"equals\",\"value\":\"red\"}}",
                201);
        assertThat(send("GET", "/api/tags/tg_colour", null, 200).get("users").toString())
                .contains("'the red'");
        assertThat(send("POST", "/api/tags/tg_colour/retire", null, 409)
                        .get("code")
                        .stringValue())
                .isEqualTo("tag_in_use");
        send("DELETE", "/api/segments/" + segment.get("id"), null, 204);
        assertThat(send("POST", "/api/tags/tg_colour/retire", null, 200)
                        .get("retired")
                        .booleanValue())
                .isTrue();
        send("POST", "/api/segments/preview", asks, 422);

        // A new definition of a retired tag is in force once it is approved, and the old one not until then.
        var anew = send("PUT", "/api/tags/tg_colour", definition.replace("Favourite colour.", "Colour."), 200);
        assertThat(anew.get("retired").booleanValue()).isTrue();
        assertThat(anew.get("health").toString()).isEqualTo("[\"unapproved\"]");
        assertThat(store.live()).extracting(TagStore.Kept::key).doesNotContain("tg_colour");
        send("POST", "/api/segments/preview", asks, 422);
        assertThat(send("POST", "/api/tags/tg_colour/approve", "{\"version\":2}", 200)
                        .get("retired")
                        .booleanValue())
                .isFalse();
        send("POST", "/api/segments/preview", asks, 200);
    }

    @Test
    void coverageIsOfTheTagsPopulationAndOthersAreCountedApart() throws Exception {
        order(FIRST + 40, "tg-covered");
        traits(41, "tg_covers", "2026-01-01T00:00:00Z", "a", "a", "b");
        var definition = """
                {"name":{"en":"Covers","zh":"覆盖"},"description":{"en":"Who has it.","zh":"谁有。"},"owner":"crm","type":"text",
                 "population":"buyers","complete":true,"kind":"statistic",
                 "sql":"select customer_id, json_text(value, '$') as value from traits_now where trait = 'tg_covers'"}
                """;
        var preview = send("POST", "/api/tags/preview", definition, 200);
        assertThat(preview.get("covered").longValue()).isZero();
        assertThat(preview.get("outside").longValue()).isEqualTo(3);
        send("POST", "/api/tags", "{\"key\":\"tg_covers\",\"definition\":%s}".formatted(definition), 201);
        var approved = send("POST", "/api/tags/tg_covers/approve", "{\"version\":1}", 200);
        assertThat(approved.at("/run/covered").longValue()).isZero();
        assertThat(approved.at("/run/outside").longValue()).isEqualTo(3);
        assertThat(approved.get("health").toString()).contains("incomplete");

        // Whoever bought has a value now: by brute force, whatever others have bought meanwhile.
        var buyers = warehouse.query(
                Sql.of("select distinct customer_id from orders_now where net > 0"),
                row -> row.longValue("customer_id"));
        warehouse.append("trait_changes", "tg_covers all", Rows.written(rows -> {
            for (var buyer : buyers)
                rows.value(buyer)
                        .value("tg_covers")
                        .value("\"c\"")
                        .value(Instant.parse("2026-01-02T00:00:00Z"))
                        .value(1L)
                        .missing()
                        .end();
        }));
        send("POST", "/api/tags/refresh", "{\"tags\":[\"tg_covers\"]}", 200);
        var covered = send("GET", "/api/tags/tg_covers", null, 200);
        var holders = values("tg_covers").keySet();
        assertThat(covered.at("/run/covered").longValue())
                .isEqualTo(holders.stream().filter(buyers::contains).count())
                .isEqualTo(buyers.size());
        assertThat(covered.at("/run/outside").longValue())
                .isEqualTo(holders.stream()
                        .filter(holder -> !buyers.contains(holder))
                        .count())
                .isGreaterThanOrEqualTo(3);
        assertThat(covered.at("/run/population").longValue()).isGreaterThanOrEqualTo(buyers.size());
    }

    @Test
    void aTagThatPeopleSetIsCountedAndItsFreshnessIsThatOfItsLastChange() throws Exception {
        traits(50, "tg_there", "2026-01-01T00:00:00Z", "x", "x");
        for (int i = 50; i < 52; i++)
            jdbc.sql(
                            "insert into customers (customer_id, first_seen, last_seen, known) values (:id, '2026-01-01', '2026-01-01', true)")
                    .param("id", FIRST + i)
                    .update();
        var definition = """
                {"name":{"en":"By hand","zh":"人工"},"description":{"en":"By hand.","zh":"人工。"},"owner":"crm",
                 "type":"boolean","kind":"manual","complete":true,"refreshDays":3}
                """;
        for (var key : List.of("tg_hand", "tg_hand_never", "tg_hand_old")) {
            send("POST", "/api/tags", "{\"key\":\"%s\",\"definition\":%s}".formatted(key, definition), 201);
            var approved = send("POST", "/api/tags/" + key + "/approve", "{\"version\":1}", 200);
            assertThat(approved.at("/run/covered").longValue()).isZero();
            assertThat(approved.at("/run/population").longValue()).isPositive();
            assertThat(approved.at("/run/lastSetAt").isNull()).isTrue();
            assertThat(approved.get("health").toString()).contains("incomplete").doesNotContain("stale");
            assertThat(Instant.parse(approved.get("approvedAt").stringValue()))
                    .as("by the business clock")
                    .isBetween(clock.instant().minusSeconds(600), clock.instant());
        }
        send(
                "PUT",
                "/api/customers/%s/tags/tg_hand".formatted(new CustomerId(FIRST + 50)),
                "{\"value\":\"true\"}",
                204);
        var counted = Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(
                        () -> send("GET", "/api/tags/tg_hand", null, 200),
                        tag -> tag.at("/run/covered").longValue() == 1);
        assertThat(Instant.parse(counted.at("/run/lastSetAt").stringValue()))
                .isBetween(clock.instant().minusSeconds(600), clock.instant());
        assertThat(counted.at("/run/values/0").toString()).isEqualTo("{\"value\":\"true\",\"customers\":1}");

        // Approved long ago, set today: fresh. Approved today, set long ago: stale. Never set: as old as its approval.
        jdbc.sql(
                        "update tag_versions set approved_at = approved_at - interval '30 days' where key in ('tg_hand', 'tg_hand_never')")
                .update();
        warehouse.append(
                "tag_changes",
                "tg_hand_old",
                Rows.written(rows -> rows.value(FIRST + 51)
                        .value("tg_hand_old")
                        .value("true")
                        .value(clock.instant().minus(Duration.ofDays(30)))
                        .value(1)
                        .value(0L)
                        .end()));
        job.run("daily");
        assertThat(send("GET", "/api/tags/tg_hand", null, 200).get("health").toString())
                .doesNotContain("stale");
        assertThat(send("GET", "/api/tags/tg_hand_never", null, 200)
                        .get("health")
                        .toString())
                .contains("stale");
        var old = send("GET", "/api/tags/tg_hand_old", null, 200);
        assertThat(old.get("health").toString()).contains("stale");
        assertThat(old.at("/run/covered").longValue()).as("counted each night").isEqualTo(1);
    }

    private void order(long customer, String id) {
        warehouse.append(
                "orders",
                id,
                Rows.written(rows -> rows.value(id)
                        .value(customer)
                        .value(Instant.parse("2026-01-01T00:00:00Z"))
                        .value("EUR")
                        .value(new java.math.BigDecimal("10.00"))
                        .value(java.math.BigDecimal.ZERO)
                        .missing()
                        .value(1)
                        .value((Long) null)
                        .value(9_100_000_000L)
                        .end()));
    }

    @Test
    void aRuleTagTakesTheFirstCaseAndTheCatalogueTellsGapsAndOverlaps() throws Exception {
        traits(20, "tg_points", "2026-01-01T00:00:00Z", "5", "15", "25");
        var definition = """
                {"name":{"en":"Level","zh":"等级"},"description":{"en":"By points.","zh":"按积分。"},"owner":"crm","type":"text",
                 "complete":true,"exclusive":true,"kind":"rule","cases":[
                 {"value":"high","rule":{"trait":"tg_points","is":"greater","value":20}},
                 {"value":"some","rule":{"trait":"tg_points","is":"greater","value":10}}]}
                """;
        send("POST", "/api/tags", "{\"key\":\"tg_level\",\"definition\":%s}".formatted(definition), 201);
        var approved = send("POST", "/api/tags/tg_level/approve", "{\"version\":1}", 200);
        assertThat(approved.get("lineage").toString()).isEqualTo("[\"trait.tg_points\"]");
        assertThat(values("tg_level")).isEqualTo(Map.of(FIRST + 21, "\"some\"", FIRST + 22, "\"high\""));
        assertThat(approved.at("/run/several").longValue()).isEqualTo(1);
        assertThat(approved.get("health").toString()).contains("incomplete", "overlapping");
        // A new definition waits for approval; the one before goes on.
        var changed = send("PUT", "/api/tags/tg_level", definition.replace("\"value\":10", "\"value\":1"), 200);
        assertThat(changed.get("version").intValue()).isEqualTo(2);
        send("POST", "/api/tags/refresh", "{\"tags\":[\"tg_level\"]}", 200);
        assertThat(values("tg_level")).hasSize(2);
        assertThat(send("POST", "/api/tags/tg_level/approve", "{\"version\":1}", 409)
                        .get("code")
                        .stringValue())
                .isEqualTo("tag_version_changed");
        send("POST", "/api/tags/tg_level/approve", "{\"version\":2}", 200);
        assertThat(values("tg_level")).hasSize(3);
    }

    /** What waits for its approval is told beside what is in force, and neither takes the other's place. */
    @Test
    void aChangeThatWaitsLeavesTheDefinitionInForceAsItWas() throws Exception {
        traits(40, "tg_versions", "2026-01-01T00:00:00Z", "x");
        var asked =
                "{\"name\":{\"en\":\"V\",\"zh\":\"V\"},\"description\":{\"en\":\"V\",\"zh\":\"V\"},\"owner\":\"crm\",\"type\":\"text\",\"kind\":\"statistic\","
                        + "\"sql\":\"select customer_id, 'a' as value from traits_now where trait = 'tg_versions'\"}";
        send("POST", "/api/tags", "{\"key\":\"tg_under\",\"definition\":%s}".formatted(asked), 201);
        send("POST", "/api/tags/tg_under/approve", "{\"version\":1}", 200);
        ruleTag("tg_over", "{\"tag\":\"tg_under\",\"is\":\"equals\",\"value\":\"a\"}");
        var changed = asked.replace("'a'", "'b'");
        send("PUT", "/api/tags/tg_under", changed, 200);
        send("POST", "/api/tags/refresh", "{\"tags\":[\"tg_under\"]}", 200);
        assertThat(send("GET", "/api/tags/tg_under", null, 200)
                        .at("/run/version")
                        .intValue())
                .as("what is worked out is what was approved")
                .isEqualTo(1);
        var versions = send("GET", "/api/tags/tg_under/versions", null, 200).get("items");
        assertThat(versions).hasSize(2);
        assertThat(versions.at("/0/version").intValue()).isEqualTo(2);
        assertThat(versions.at("/0/inForce").booleanValue()).isFalse();
        assertThat(versions.at("/0/approvedAt").isNull()).isTrue();
        assertThat(versions.at("/1/inForce").booleanValue()).isTrue();
        assertThat(versions.at("/1/definition/sql").stringValue()).contains("'a'");

        // The newer definition of the other asks it no longer; the one in force still does.
        send(
                "PUT",
                "/api/tags/tg_over",
                ruleForm("{\"trait\":\"tg_versions\",\"is\":\"equals\",\"value\":\"x\"}"),
                200);
        assertThat(send("POST", "/api/tags/tg_under/retire", null, 409)
                        .get("code")
                        .stringValue())
                .isEqualTo("tag_in_use");
        send("POST", "/api/tags/tg_over/approve", "{\"version\":2}", 200);
        send("POST", "/api/tags/tg_under/retire", null, 200);
    }

    @Test
    void theTypeOfValuesThatPeopleSetStays() throws Exception {
        var manual =
                "{\"name\":{\"en\":\"M\",\"zh\":\"M\"},\"description\":{\"en\":\"M\",\"zh\":\"M\"},\"owner\":\"crm\",\"type\":\"text\",\"kind\":\"manual\"}";
        send("POST", "/api/tags", "{\"key\":\"tg_by_hand\",\"definition\":%s}".formatted(manual), 201);
        assertThat(send("PUT", "/api/tags/tg_by_hand", manual.replace("\"text\"", "\"number\""), 409)
                        .get("code")
                        .stringValue())
                .isEqualTo("tag_type_fixed");
    }

    /** Each would be worked out from what the others were at the run before, and none of them could be retired. */
    @Test
    void noTagMayAskItselfByWayOfOthers() throws Exception {
        traits(90, "tg_round", "2026-01-01T00:00:00Z", "x");
        ruleTag("tg_round_a", "{\"trait\":\"tg_round\",\"is\":\"exists\"}");
        for (var next : List.of("a b", "b c")) {
            var keys = next.split(" ");
            ruleTag("tg_round_" + keys[1], asksTag("tg_round_" + keys[0]));
        }
        for (var asked : List.of("a", "b", "c")) {
            var refused = send("PUT", "/api/tags/tg_round_a", ruleForm(asksTag("tg_round_" + asked)), 409);
            assertThat(refused.get("code").stringValue()).isEqualTo("tag_circle");
            assertThat(refused.at("/parameters/circle").stringValue())
                    .isEqualTo(
                            switch (asked) {
                                case "a" -> "tag.tg_round_a → tag.tg_round_a";
                                case "b" -> "tag.tg_round_a → tag.tg_round_b → tag.tg_round_a";
                                default -> "tag.tg_round_a → tag.tg_round_c → tag.tg_round_b → tag.tg_round_a";
                            });
        }
        assertThat(send("GET", "/api/tags/tg_round_a", null, 200).get("version").intValue())
                .isEqualTo(1);

        // Two changes that are well by what is latest, approved in the order in which both would be in force.
        send("PUT", "/api/tags/tg_round_b", ruleForm("{\"trait\":\"tg_round\",\"is\":\"exists\"}"), 200);
        send("PUT", "/api/tags/tg_round_a", ruleForm(asksTag("tg_round_b")), 200);
        assertThat(send("POST", "/api/tags/tg_round_a/approve", "{\"version\":2}", 409)
                        .get("code")
                        .stringValue())
                .isEqualTo("tag_circle");
        send("POST", "/api/tags/tg_round_b/approve", "{\"version\":2}", 200);
        send("POST", "/api/tags/tg_round_a/approve", "{\"version\":2}", 200);
        send("POST", "/api/tags/tg_round_c/retire", null, 200);

        // A segment between them is no way out, from either side.
        var segment = send(
                        "POST",
                        "/api/segments",
                        "{\"name\":\"tg round\",\"rule\":%s}".formatted(asksTag("tg_round_a")),
                        201)
                .get("id")
                .toString();
        var bySegment = send("PUT", "/api/tags/tg_round_b", ruleForm("{\"segment\":%s}".formatted(segment)), 409);
        assertThat(bySegment.at("/parameters/circle").stringValue())
                .isEqualTo("tag.tg_round_b → segment.%s → tag.tg_round_a → tag.tg_round_b".formatted(segment));
        var other = send(
                        "POST",
                        "/api/segments",
                        "{\"name\":\"tg round 2\",\"rule\":{\"trait\":\"tg_round\",\"is\":\"exists\"}}",
                        201)
                .get("id")
                .toString();
        ruleTag("tg_round_d", "{\"segment\":%s}".formatted(other));
        var closing = send(
                "PUT",
                "/api/segments/" + other,
                "{\"name\":\"tg round 2\",\"rule\":%s}".formatted(asksTag("tg_round_d")),
                422);
        assertThat(closing.at("/errors/0/code").stringValue()).isEqualTo("segment_circle");
        assertThat(closing.at("/errors/0/parameters/way").stringValue())
                .isEqualTo("segment.%1$s → tag.tg_round_d → segment.%1$s".formatted(other));
    }

    private void ruleTag(String key, String rule) throws Exception {
        send("POST", "/api/tags", "{\"key\":\"%s\",\"definition\":%s}".formatted(key, ruleForm(rule)), 201);
        send("POST", "/api/tags/%s/approve".formatted(key), "{\"version\":1}", 200);
    }

    private static String ruleForm(String rule) {
        return """
                {"name":{"en":"Round","zh":"环"},"description":{"en":"Round.","zh":"环。"},"owner":"crm","type":"boolean",
                 "kind":"rule","cases":[{"value":"true","rule":%s}]}
                """.formatted(rule);
    }

    private static String asksTag(String key) {
        return "{\"tag\":\"%s\",\"is\":\"exists\"}".formatted(key);
    }

    @Test
    void aQueryThatIsNotAQuestionToTheHistoryAloneIsRefused() throws Exception {
        var refused = Map.ofEntries(
                Map.entry("select customer_id, 1 as value from read_csv('/etc/passwd')", "tag_sql_table"),
                Map.entry("select customer_id, 1 as value from '/etc/passwd'", "tag_sql_table"),
                Map.entry(
                        "with \"read_text()\" as (select 1) select 1 as customer_id, content as value from read_text('/etc/passwd')",
                        "tag_sql_table"),
                Map.entry(
                        "with \"/etc/passwd\" as (select 1) select 1 as customer_id, 1 as value from \"/etc/passwd\"",
                        "tag_sql_part"),
                Map.entry(
                        "with x as (delete from events returning customer_id) select customer_id, 1 as value from x",
                        "tag_sql_table"),
                Map.entry("select customer_id, 1 as value from events", "tag_sql_table"),
                Map.entry("select customer_id, 1 as value from main.orders_now", "tag_sql_table"),
                Map.entry("select customer_id, table_name as value from information_schema.tables", "tag_sql_table"),
                Map.entry(
                        "with orders_now as (select 1) select customer_id, 1 as value from orders_now",
                        "tag_sql_hides"),
                Map.entry("select customer_id, random() as value from orders_now", "tag_sql_function"),
                Map.entry("select customer_id, now() as value from orders_now", "tag_sql_function"),
                Map.entry("select customer_id, getenv('HOME') as value from orders_now", "tag_sql_function"),
                Map.entry(
                        "select customer_id, current_setting('threads') as value from orders_now", "tag_sql_function"),
                Map.entry("select 1; drop table events", "tag_sql_unreadable"),
                Map.entry("select 1 as customer_id, 2 as value; select 3", "tag_sql_several"),
                Map.entry("delete from events", "tag_sql_unreadable"),
                Map.entry("select customer_id frm orders_now where", "tag_sql_unreadable"),
                Map.entry("select customer_id, net as value from orders_now where net > ?", "tag_sql_marks"),
                Map.entry(
                        "select customer_id, net as value from orders_now where net > {least}",
                        "tag_sql_unknown_place"),
                Map.entry("select customer_id, net from orders_now", "tag_sql_fails"));
        for (var query : refused.entrySet()) {
            var definition = json.createObjectNode()
                    .put("owner", "crm")
                    .put("type", "number")
                    .put("kind", "statistic")
                    .put("sql", query.getKey());
            definition.putObject("name").put("en", "x").put("zh", "x");
            definition.putObject("description").put("en", "x").put("zh", "x");
            var answer = send("POST", "/api/tags/preview", definition.toString(), 422);
            assertThat(answer.get("errors")
                            .valueStream()
                            .map(fault -> fault.get("code").stringValue()))
                    .as("%s: %s", query.getKey(), answer)
                    .contains(query.getValue());
        }
    }

    @Test
    void aManualTagIsGivenAndTakenAndHasItsHistory() throws Exception {
        var customer = new CustomerId(FIRST + 7);
        jdbc.sql(
                        "insert into customers (customer_id, first_seen, last_seen, known) values (:id, '2026-01-01', '2026-01-01', true)")
                .param("id", customer.value())
                .update();
        var definition = """
                {"name":{"en":"Key account","zh":"大客户"},"description":{"en":"By hand.","zh":"人工。"},"owner":"crm",
                 "type":"boolean","kind":"manual"}
                """;
        send("POST", "/api/tags", "{\"key\":\"tg_key_account\",\"definition\":%s}".formatted(definition), 201);
        var place = "/api/customers/%s/tags/tg_key_account".formatted(customer);
        assertThat(send("PUT", place, "{\"value\":\"true\"}", 409).get("code").stringValue())
                .isEqualTo("tag_not_live");
        send("POST", "/api/tags/tg_key_account/approve", "{\"version\":1}", 200);
        assertThat(send("PUT", place, "{\"value\":\"perhaps\"}", 422)
                        .at("/errors/0/code")
                        .stringValue())
                .isEqualTo("tag_value_kind");
        send("PUT", place, "{\"value\":\"true\"}", 204);
        send("PUT", place, "{\"value\":\"true\"}", 204);
        send("DELETE", place, null, 204);
        send("PUT", place, "{\"value\":\"false\"}", 204);
        assertThat(changes("tg_key_account")).containsExactly("7 true", "7 null", "7 false");
        assertThat(values("tg_key_account")).isEqualTo(Map.of(customer.value(), "false"));
        assertThat(send("PUT", "/api/customers/%s/tags/orders_total".formatted(customer), "{\"value\":\"1\"}", 409)
                        .get("code")
                        .stringValue())
                .isEqualTo("tag_computed");
        assertThat(send("GET", "/api/tags?search=%E5%A4%A7%E5%AE%A2%E6%88%B7", null, 200)
                        .get("items"))
                .hasSize(1);
    }

    @Test
    void aComputedTraitIsLookedAtBeforeItIsMadeAndCoversWhomItSaid() throws Exception {
        warehouse.append("orders", "tg_previewed", Rows.written(rows -> {
            for (int i = 0; i < 3; i++)
                rows.value("tg-previewed-" + i)
                        .value(FIRST + 60 + i / 2)
                        .value(Instant.parse("2026-01-01T00:00:00Z").plusSeconds(i))
                        .value("EUR")
                        .value(new java.math.BigDecimal("10.00"))
                        .value(java.math.BigDecimal.ZERO)
                        .missing()
                        .value(1)
                        .value((Long) null)
                        .value(9_000_000_000L + i)
                        .end();
        }));
        var form = "{\"name\":\"tg_orders\",\"measure\":\"count\"}";
        var buyers = warehouse
                .first(
                        Sql.of(
                                "select count(distinct customer_id) as n from orders_now where net > 0 and ordered_at"
                                        + " <= ?",
                                clock.instant()),
                        row -> row.longValue("n"))
                .orElseThrow();
        var preview = send("POST", "/api/computed-traits/preview", form, 200);
        assertThat(preview.get("covered").longValue()).isEqualTo(buyers).isGreaterThanOrEqualTo(2);
        assertThat(send("GET", "/api/computed-traits", null, 200).toString())
                .as("nothing was kept")
                .doesNotContain("tg_orders");
        var made = send("POST", "/api/computed-traits", form, 201);
        assertThat(made.get("covered").longValue()).isEqualTo(buyers);
        send("DELETE", "/api/computed-traits/tg_orders", null, 204);
        send("POST", "/api/computed-traits/preview", form.replace("tg_orders", "Bad Name"), 400);
    }

    private List<Long> members(Rule rule, Instant asOf) {
        return warehouse.query(segments.members(rule, asOf), row -> row.longValue("customer_id")).stream()
                .sorted()
                .toList();
    }

    private Map<Long, String> values(String tag) {
        return warehouse
                .query(
                        Sql.of("select customer_id, value from tags_now where tag = ?", tag),
                        row -> Map.entry(row.longValue("customer_id"), row.text("value")))
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private List<String> changes(String tag) {
        return warehouse.query(
                Sql.of("select customer_id, value from tag_changes where tag = ? order by seq, customer_id", tag),
                row -> row.longValue("customer_id") - FIRST + " " + row.nullableText("value"));
    }

    private void traits(long first, String name, String at, @Nullable String... values) {
        warehouse.append("trait_changes", "tags:" + name + at, Rows.written(rows -> {
            for (int i = 0; i < values.length; i++)
                rows.value(FIRST + first + i)
                        .value(name)
                        .value(values[i] == null ? null : "\"" + values[i] + "\"")
                        .value(Instant.parse(at))
                        .value(1L + i)
                        .missing()
                        .end();
        }));
    }

    private JsonNode send(String method, String path, @Nullable String body, int status)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Authorization", "Bearer " + RekindleTest.ADMIN_KEY)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body))
                .build();
        var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return answer.body().isEmpty() ? json.createObjectNode() : json.readTree(answer.body());
    }
}
