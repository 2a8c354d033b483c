package io.rekindle.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.collect.EventLog;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.Tails;
import io.rekindle.common.CustomerId;
import io.rekindle.platform.Mentions;
import io.rekindle.platform.PersonalHistory;
import io.rekindle.testing.RekindleTest;
import io.rekindle.testing.TestFolders;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import io.rekindle.warehouse.WarehouseSettings;
import io.rekindle.warehouse.duckdb.DuckDbWarehouse;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.json.JsonMapper;

/** Compacted, the history of identities gives every answer it gave before. */
@RekindleTest
class IdentityCompactionTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final int CHANGES = 200_000;

    private final HttpClient http = HttpClient.newHttpClient();
    private final JsonMapper json = JsonMapper.builder().build();
    private final int port;
    private final EventLog log;
    private final Tails tails;
    private final Identities identities;
    private final Merges merges;
    private final Warehouse warehouse;
    private final IdentityCompaction compaction;

    IdentityCompactionTest(
            @LocalServerPort int port,
            @Autowired EventLog log,
            @Autowired Tails tails,
            @Autowired Identities identities,
            @Autowired Merges merges,
            @Autowired Warehouse warehouse,
            @Autowired IdentityCompaction compaction) {
        this.port = port;
        this.log = log;
        this.tails = tails;
        this.identities = identities;
        this.merges = merges;
        this.warehouse = warehouse;
        this.compaction = compaction;
    }

    /** Random changes of few aliases; the last one of each is told by a map. */
    @Test
    void theMapIsTheSameInAnyHistoryAndWhatComesMeanwhileStays() {
        for (int seed = 0; seed < 20; seed++) {
            var random = new Random(seed);
            var expected = new TreeMap<Long, Long>();
            try (var file = open()) {
                for (int batch = 0; batch < 5; batch++) append(file, batch, random, expected);
                assertThat(map(file)).isEqualTo(others(expected));
                long upTo = 40;
                long rows = count(file);
                long gone = IdentityCompaction.superseded(file, upTo);
                file.compact(Map.of("identity_changes", IdentityCompaction.kept(upTo)), exchange -> {
                    // The copy is made; this comes behind it.
                    append(file, 5, random, expected);
                    exchange.run();
                });
                assertThat(gone).isPositive();
                assertThat(count(file)).as("world %d", seed).isEqualTo(rows - gone + 10);
                assertThat(map(file)).as("world %d", seed).isEqualTo(others(expected));
                assertThat(file.append("identity_changes", "b3", Rows.written(to -> change(to, 1, 2, 31))))
                        .as("a batch that comes again")
                        .isFalse();
                assertThat(file.query(
                                Sql.of("select distinct seq from identity_changes where seq > 40 order by 1"),
                                row -> row.longValue("seq")))
                        .as("later ones stay, superseded or not")
                        .containsExactlyElementsOf(java.util.stream.LongStream.rangeClosed(41, 60)
                                .boxed()
                                .toList());

                // An erasure writes the same file anew.
                file.forget(new Mentions(Map.of(1L, -1L), word -> false), List.<PersonalHistory>of(), Runnable::run);
                var erased = new TreeMap<Long, Long>();
                expected.forEach(
                        (alias, customer) -> erased.put(alias == 1 ? -1 : alias, customer == 1 ? -1 : customer));
                assertThat(map(file)).as("world %d", seed).isEqualTo(others(erased));
            }
        }
    }

    private static void append(Warehouse to, int batch, Random random, Map<Long, Long> expected) {
        to.append("identity_changes", "b" + batch, Rows.written(rows -> {
            for (int i = 1; i <= 10; i++) {
                long alias = 1L + random.nextInt(12);
                long customer = random.nextInt(3) == 0 ? alias : 1L + random.nextInt(12);
                change(rows, alias, customer, batch * 10L + i);
                expected.put(alias, customer);
            }
        }));
    }

    private static void change(io.rekindle.warehouse.RowWriter rows, long alias, long customer, long seq) {
        rows.value(alias).value(customer).value(NOON).value("test").value(seq).end();
    }

    /** Without those who are themselves: an alias of which nothing is known is so too. */
    private static Map<Long, Long> others(Map<Long, Long> map) {
        var others = new TreeMap<>(map);
        others.entrySet().removeIf(e -> e.getKey().equals(e.getValue()));
        return others;
    }

    private static Map<Long, Long> map(Warehouse of) {
        var map = new TreeMap<Long, Long>();
        of.stream(
                Sql.of("select alias_id, customer_id from identity_now"),
                row -> map.put(row.longValue("alias_id"), row.longValue("customer_id")));
        return others(map);
    }

    private static long count(Warehouse of) {
        return of.first(Sql.of("select count(*) as n from identity_changes"), row -> row.longValue("n"))
                .orElseThrow();
    }

    private static DuckDbWarehouse open() {
        Path folder = TestFolders.newFolder("compaction");
        return new DuckDbWarehouse(folder.resolve("w.duckdb"), new WarehouseSettings(1, "512MB"));
    }

    /** What it is for: the map of a hundred aliases that changed two thousand times each is read like one of a hundred. */
    @Test
    void whatIsReadForTheMapIsWhatCounts() {
        try (var file = open()) {
            file.append("identity_changes", "all", Rows.written(rows -> {
                for (int i = 0; i < CHANGES; i++) change(rows, i % 20_000, 30_000 + i / 20_000, i + 1);
            }));
            var before = map(file);
            double slow = milliseconds(file);
            file.compact(Map.of("identity_changes", IdentityCompaction.kept(CHANGES)), Runnable::run);
            double fast = milliseconds(file);
            System.out.printf(
                    "identity_now of %d changes of 20,000 aliases: %.1f ms, compacted %.1f ms%n", CHANGES, slow, fast);
            assertThat(map(file)).isEqualTo(before).hasSize(20_000);
            assertThat(count(file)).isEqualTo(20_000);
        }
    }

    private static double milliseconds(Warehouse of) {
        var times = new ArrayList<Double>();
        for (int i = 0; i < 7; i++) {
            long from = System.nanoTime();
            of.first(
                    Sql.of("select count(*) filter (where customer_id <> alias_id) as n from identity_now"),
                    row -> row.longValue("n"));
            times.add((System.nanoTime() - from) / 1e6);
        }
        times.sort(null);
        return times.get(3);
    }

    /** On a whole server: merges and un-merges in any order, every segment and view, and an un-merge afterwards. */
    @Test
    void everyAnswerOfAServerIsTheSameAndAMergeOfBeforeIsTakenBackAfterwards() throws Exception {
        int size = 24;
        var items = new ArrayList<String>();
        for (int i = 0; i < size; i++) {
            items.add("""
                    {"type":"identify","messageId":"cp-i%1$d","userId":"cp-%1$d","traits":{"cp_level":%2$d}}""".formatted(i, i % 5));
            items.add("""
                    {"type":"track","messageId":"cp-o%1$d","userId":"cp-%1$d","event":"Order Completed",
                     "properties":{"order_id":"cp-o%1$d","total":%2$d,"currency":"EUR"}}""".formatted(i, 10 + i));
        }
        send("POST", "/v1/batch", "{\"batch\":[" + String.join(",", items) + "]}");
        tails.awaitAll(log.lastSeq());
        var people = new ArrayList<CustomerId>();
        for (int i = 0; i < size; i++)
            people.add(identities.find(Identifier.Type.USER_ID, "cp-" + i).orElseThrow());
        var random = new Random(4);
        var standing = new ArrayList<Merges.Entry>();
        for (int step = 0; step < 30; step++) {
            if (standing.size() > 5 && random.nextInt(3) > 0) {
                undo(standing.remove(random.nextInt(standing.size())).link().number());
                continue;
            }
            var one = people.get(random.nextInt(size));
            var other = people.get(random.nextInt(size));
            if (!identities.canonical(one).equals(identities.canonical(other)))
                standing.add(merges.mergeByHand(one, other));
        }
        assertThat(standing).isNotEmpty();
        var before = answers(people);
        assertThat(compaction.compact(log.lastSeq())).isPositive();
        assertThat(IdentityCompaction.superseded(warehouse, log.lastSeq())).isZero();
        assertThat(answers(people)).isEqualTo(before);

        for (var entry : standing.reversed()) undo(entry.link().number());
        for (var one : people) {
            assertThat(identities.canonical(one)).isEqualTo(one);
            assertThat(warehouse.query(
                            Sql.of("select order_id from orders_now where customer_id = ?", one.value()),
                            row -> row.text("order_id")))
                    .containsExactly("cp-o" + people.indexOf(one));
        }
    }

    /** One that went with another is no fault here. */
    private void undo(long number) {
        if (merges.get(number).orElseThrow().link().undone() == null) merges.undo(number);
    }

    private Map<String, Object> answers(List<CustomerId> people) throws Exception {
        var answers = new HashMap<String, Object>();
        var ids = people.stream().map(CustomerId::toString).toList();
        var asked = Sql.of("select cast(unnest(cast(? as varchar[])) as bigint)", ids)
                .inParentheses();
        for (var view : List.of("events_now", "orders_now", "traits_now", "order_lines_now"))
            answers.put(
                    view,
                    warehouse.query(
                            Sql.of("select customer_id, count(*) as n from " + view + " where customer_id in")
                                    .then(asked)
                                    .then(Sql.of("group by 1 order by 1")),
                            row -> row.longValue("customer_id") + " " + row.longValue("n")));
        for (var rule : List.of(
                "{'trait':'cp_level','is':'equals','value':1}",
                "{'any':[{'trait':'cp_level','is':'equals','value':2},{'trait':'cp_level','is':'equals','value':3}]}",
                "{'not':{'trait':'cp_level','is':'exists'}}",
                "{'trait':'cp_level','is':'exists'}"))
            answers.put(
                    rule,
                    json.readTree(send("POST", "/api/segments/preview", "{\"rule\":" + rule.replace('\'', '"') + "}"))
                            .path("count")
                            .asLong(-1));
        var map = new TreeMap<Long, Long>();
        warehouse.stream(Sql.of("select alias_id, customer_id from identity_now"), row -> {
            if (row.longValue("alias_id") != row.longValue("customer_id"))
                map.put(row.longValue("alias_id"), row.longValue("customer_id"));
        });
        answers.put("identity_now", map);
        return answers;
    }

    private String send(String method, String path, String body) throws Exception {
        var answer = http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .header("Authorization", "Bearer " + RekindleTest.ADMIN_KEY)
                        .header("X-Write-Key", RekindleTest.WRITE_KEY)
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }
}
