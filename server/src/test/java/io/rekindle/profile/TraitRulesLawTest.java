package io.rekindle.profile;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.collect.EventLog;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.Identifiers;
import io.rekindle.collect.ImportKind;
import io.rekindle.collect.ImportMapping;
import io.rekindle.collect.Imports;
import io.rekindle.collect.Sources;
import io.rekindle.collect.Tails;
import io.rekindle.common.CustomerId;
import io.rekindle.identity.Identities;
import io.rekindle.identity.IdentityFollower;
import io.rekindle.testing.RekindleTest;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A random world: sources and imports say this and that of people, late and early, and take it back; people turn out to be
 * one and are parted again; imports are undone; rules are put in force, changed and taken away. At every moment what stands
 * in PostgreSQL, what the history says, whom a segment has and what follows from all that was said are the same.
 */
@RekindleTest
// A server of its own: a rule holds for everybody's trait of that name.
@TestPropertySource(properties = "rekindle.warehouse.threads=2")
class TraitRulesLawTest {
    private static final int PEOPLE = 6;
    private static final int STEPS = 45;
    private static final Instant FROM = Instant.parse("2026-01-01T00:00:00Z");

    private final HttpClient http = HttpClient.newHttpClient();
    private final JsonMapper json = JsonMapper.builder().build();
    private final int port;
    private final EventLog log;
    private final Tails tails;
    private final Identities identities;
    private final Identifiers identifiers;
    private final Imports imports;
    private final Sources sources;
    private final Profiles profiles;
    private final TraitRules rules;
    private final Warehouse warehouse;
    private final List<IdentityFollower> followers;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    TraitRulesLawTest(
            @LocalServerPort int port,
            @Autowired EventLog log,
            @Autowired Tails tails,
            @Autowired Identities identities,
            @Autowired Identifiers identifiers,
            @Autowired Imports imports,
            @Autowired Sources sources,
            @Autowired Profiles profiles,
            @Autowired TraitRules rules,
            @Autowired Warehouse warehouse,
            @Autowired List<IdentityFollower> followers) {
        this.port = port;
        this.log = log;
        this.tails = tails;
        this.identities = identities;
        this.identifiers = identifiers;
        this.imports = imports;
        this.sources = sources;
        this.profiles = profiles;
        this.rules = rules;
        this.warehouse = warehouse;
        this.followers = followers;
    }

    /** @param value null: taken back */
    private record Said(
            int who,
            String name,
            int source,
            long importId,
            @Nullable String value,
            Instant at,
            int place) {}

    private final class World {
        final Random random;
        final String mark;
        final String color;
        final String size;
        final List<String> keys = new ArrayList<>();
        final List<Integer> ids = new ArrayList<>();
        final List<Said> said = new ArrayList<>();
        final Set<Long> undone = new HashSet<>();
        final List<Long> done = new ArrayList<>();
        final List<Long> merges = new ArrayList<>();
        final Map<String, List<Integer>> ruled = new HashMap<>();
        int rows;
        int hours;

        World(int seed) {
            random = new Random(seed);
            mark = "tl" + seed;
            color = mark + "_color";
            size = mark + "_size";
            for (int i = 0; i < 3; i++) {
                var source = sources.create("law %d %d".formatted(seed, i), List.of());
                ids.add(source.id());
                keys.add(sources.createKey(source.id()).secret());
            }
            ids.add(sources.named(Sources.IMPORT).id());
        }

        /** One is personal, so PostgreSQL alone has it. */
        List<String> names() {
            return List.of(color, size, "nickname");
        }

        CustomerId identity(int who) {
            return identifiers
                    .of(Identifier.Type.USER_ID, mark + "-" + who)
                    .orElseThrow()
                    .id();
        }

        /** Mostly later than all before, now and then late. */
        Instant time() {
            hours++;
            return FROM.plus(Duration.ofHours(random.nextInt(3) == 0 ? random.nextInt(hours) : hours));
        }

        String value() {
            return "v" + (1 + random.nextInt(2));
        }

        void step() throws Exception {
            switch (random.nextInt(12)) {
                case 0 -> load();
                case 1 -> undo();
                case 2 -> merge();
                case 3 -> part();
                case 4, 5 -> rule();
                default -> tell();
            }
        }

        void tell() throws Exception {
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                int source = random.nextInt(keys.size());
                int who = random.nextInt(PEOPLE);
                var at = time();
                var traits = new TreeMap<String, @Nullable String>();
                for (var name : names())
                    if (random.nextBoolean())
                        // A personal field has no null.
                        traits.put(name, !name.equals("nickname") && random.nextInt(4) == 0 ? null : value());
                var body = new HashMap<String, Object>();
                body.put("userId", mark + "-" + who);
                body.put("timestamp", at.toString());
                body.put("traits", traits);
                send(keys.get(source), body);
                traits.forEach(
                        (name, value) -> said.add(new Said(who, name, ids.get(source), 0, value, at, said.size())));
            }
        }

        void load() throws Exception {
            var csv =
                    new StringBuilder("customer,traits.%s,traits.nickname,traits.%s_row,time\n".formatted(color, mark));
            var rowsOfFile = new ArrayList<Said>();
            for (int i = 1 + random.nextInt(3); i > 0; i--) {
                int who = random.nextInt(PEOPLE);
                var at = time();
                var value = value();
                var nickname = value();
                csv.append("%s-%d,%s,%s,%d,%s\n".formatted(mark, who, value, nickname, ++rows, at));
                rowsOfFile.add(new Said(who, color, ids.getLast(), 0, value, at, 0));
                rowsOfFile.add(new Said(who, "nickname", ids.getLast(), 0, nickname, at, 0));
            }
            var file = Files.writeString(folder.resolve("rows%s%d.csv".formatted(mark, rows)), csv);
            var started = imports.start(
                    file,
                    String.valueOf(file.getFileName()),
                    ImportMapping.of(ImportKind.CUSTOMERS, Map.of()),
                    false,
                    false);
            var ended = Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> imports.get(started.id()), one -> one.state() != Imports.State.RUNNING);
            assertThat(ended.state()).as("%s", ended.failure()).isEqualTo(Imports.State.DONE);
            var report = java.util.Objects.requireNonNull(ended.report());
            assertThat(report.lines()).as("%s", report).isEqualTo(rowsOfFile.size() / 2);
            for (var row : rowsOfFile)
                said.add(new Said(
                        row.who(), row.name(), row.source(), started.id(), row.value(), row.at(), said.size()));
            done.add(started.id());
        }

        void undo() {
            if (done.isEmpty()) return;
            long which = done.remove(random.nextInt(done.size()));
            imports.undo(which);
            undone.add(which);
        }

        void merge() throws Exception {
            var one = identity(random.nextInt(PEOPLE));
            var other = identity(random.nextInt(PEOPLE));
            if (!profiles.exists(one)
                    || !profiles.exists(other)
                    || identities.canonical(one).equals(identities.canonical(other))) return;
            merges.add(call(
                            "POST",
                            "/api/identity/merges",
                            "{\"customerId\":\"%s\",\"otherCustomerId\":\"%s\"}".formatted(one, other),
                            200)
                    .path("number")
                    .asLong());
        }

        void part() throws Exception {
            if (merges.isEmpty()) return;
            call(
                    "POST",
                    "/api/identity/merges/%d/undo".formatted(merges.remove(random.nextInt(merges.size()))),
                    "",
                    200);
        }

        void rule() {
            var name = names().get(random.nextInt(3));
            if (ruled.containsKey(name) && random.nextInt(3) == 0) {
                rules.drop(name);
                ruled.remove(name);
                return;
            }
            var ranked = new ArrayList<>(ids);
            Collections.shuffle(ranked, random);
            var some = List.copyOf(ranked.subList(0, 1 + random.nextInt(ids.size())));
            if (name.equals("nickname")) {
                rules.put(name, some);
            } else {
                long before = differing(name);
                var tried = rules.dryRun(name, some);
                var then = new HashMap<>(ruled);
                then.put(name, some);
                assertThat(tried.changing())
                        .as("what the dry run says of %s", name)
                        .isEqualTo(differing(name, then));
                assertThat(before).isZero();
                rules.put(name, some);
            }
            ruled.put(name, some);
        }

        /** For how many people what stands is not what follows from all that was said. */
        private long differing(String name) {
            return differing(name, ruled);
        }

        private long differing(String name, Map<String, List<Integer>> by) {
            settle();
            return persons().stream()
                    .filter(person ->
                            !java.util.Objects.equals(standing(person, name, ruled), standing(person, name, by)))
                    .count();
        }

        Set<CustomerId> persons() {
            var persons = new HashSet<CustomerId>();
            for (int who = 0; who < PEOPLE; who++) persons.add(identities.canonical(identity(who)));
            return persons;
        }

        /** By the definition: source after source, each with what it said last; those not listed are one. */
        @Nullable
        String standing(CustomerId person, String name, Map<String, List<Integer>> by) {
            var theirs = said.stream()
                    .filter(one -> one.name().equals(name) && !undone.contains(one.importId()))
                    .filter(one -> identities.canonical(identity(one.who())).equals(person))
                    .sorted(Comparator.comparing(Said::at)
                            .thenComparing(Said::place)
                            .reversed())
                    .toList();
            var ranked = by.getOrDefault(name, List.of());
            for (int source : ranked) {
                var last = theirs.stream().filter(one -> one.source() == source).findFirst();
                if (last.isPresent() && last.get().value() != null)
                    return last.get().value();
            }
            var last = theirs.stream()
                    .filter(one -> !ranked.contains(one.source()))
                    .findFirst();
            return last.isPresent() ? last.get().value() : null;
        }

        void compare(String when) throws Exception {
            settle();
            for (var follower : followers)
                assertThat(follower.misplaced())
                        .as("%s: %s", when, follower.what())
                        .isZero();
            var persons = persons();
            var state = new TreeMap<String, String>();
            profiles.traits(persons)
                    .forEach((person, traits) -> traits.forEach((name, value) -> {
                        if (names().contains(name)) state.put(person + " " + name, value.asString());
                    }));
            var expected = new TreeMap<String, String>();
            var expectedFields = new TreeMap<String, String>();
            for (var person : persons)
                for (var name : names()) {
                    var value = standing(person, name, ruled);
                    if (value != null)
                        (name.equals("nickname") ? expectedFields : expected).put(person + " " + name, value);
                }
            assertThat(state).as("%s: PostgreSQL", when).isEqualTo(expected);
            var history = new TreeMap<String, String>();
            warehouse.stream(
                    Sql.of("select customer_id, trait, value from traits_now where trait in (?, ?)", color, size),
                    row -> history.put(
                            row.longValue("customer_id") + " " + row.text("trait"),
                            json.readTree(row.text("value")).asString()));
            assertThat(history).as("%s: the history", when).isEqualTo(expected);
            var fields = new TreeMap<String, String>();
            profiles.personal(persons, Set.of("nickname"))
                    .forEach((person, clear) ->
                            clear.get("nickname").ifPresent(value -> fields.put(person + " nickname", value)));
            assertThat(fields).as("%s: personal fields", when).isEqualTo(expectedFields);
            long members = call(
                            "POST",
                            "/api/segments/preview",
                            "{\"rule\":{\"any\":[{\"trait\":\"%s\",\"is\":\"equals\",\"value\":\"v1\"},{\"trait\":\"%s\",\"is\":\"equals\",\"value\":\"v2\"}]}}"
                                    .formatted(color, size),
                            200)
                    .path("count")
                    .asLong(-1);
            var fit = new TreeSet<String>();
            expected.forEach((key, value) -> {
                if ((key.endsWith(color) && value.equals("v1")) || (key.endsWith(size) && value.equals("v2")))
                    fit.add(key.substring(0, key.indexOf(' ')));
            });
            assertThat(members).as("%s: the segment", when).isEqualTo(fit.size());
        }

        /** The first rows, so that a segment can name the traits. */
        void begin() throws Exception {
            for (int source = 0; source < keys.size(); source++) {
                var at = time();
                send(
                        keys.get(source),
                        Map.of(
                                "userId",
                                mark + "-0",
                                "timestamp",
                                at.toString(),
                                "traits",
                                Map.of(color, "v0", size, "v0")));
                for (var name : List.of(color, size))
                    said.add(new Said(0, name, ids.get(source), 0, "v0", at, said.size()));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void stateHistoryAndSegmentsAreWhatFollowsFromAllThatWasSaid(int seed) throws Exception {
        var world = new World(seed);
        world.begin();
        for (int step = 0; step < STEPS; step++) {
            world.step();
            if (step % 4 == 0) world.compare("seed %d, step %d".formatted(seed, step));
        }
        while (!world.merges.isEmpty()) world.part();
        world.compare("seed %d, all parted again".formatted(seed));
        while (!world.done.isEmpty()) world.undo();
        world.compare("seed %d, all undone".formatted(seed));
        for (var name : List.copyOf(world.ruled.keySet())) rules.drop(name);
        world.ruled.clear();
        world.compare("seed %d, without rules".formatted(seed));
    }

    private void settle() {
        tails.awaitAll(log.lastSeq());
    }

    private void send(String key, Map<String, Object> body) throws Exception {
        var answer = http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/v1/identify".formatted(port)))
                        .header(
                                "Authorization",
                                "Basic "
                                        + Base64.getEncoder()
                                                .encodeToString((key + ":").getBytes(StandardCharsets.UTF_8)))
                        .POST(HttpRequest.BodyPublishers.ofString(json.writeValueAsString(body)))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    private JsonNode call(String method, String path, String body, int status) throws Exception {
        settle();
        var answer = http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .header("Authorization", "Bearer " + RekindleTest.ADMIN_KEY)
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return json.readTree(answer.body());
    }
}
