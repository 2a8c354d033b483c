package io.rekindle.profile;

import io.rekindle.common.CustomerId;
import io.rekindle.platform.Questions;
import io.rekindle.warehouse.Row;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The tables of tags. */
@Component
class TagStore {
    private static final int AT_ONCE = 20_000;

    private final JdbcClient jdbc;
    private final JsonMapper json;
    private final Warehouse warehouse;
    private final TransactionTemplate transaction;

    TagStore(JdbcClient jdbc, JsonMapper json, Warehouse warehouse, TransactionTemplate transaction) {
        this.jdbc = jdbc;
        this.json = json;
        this.warehouse = warehouse;
        this.transaction = transaction;
    }

    /**
     * A tag as it is kept.
     *
     * @param version of the definition in {@code form}
     */
    record Kept(
            String key,
            int version,
            @Nullable Integer approvedVersion,
            boolean shipped,
            Instant createdAt,
            boolean retired,
            TagForm form,
            List<String> lineage,
            Instant changedAt,
            String changedBy,
            @Nullable Instant approvedAt,
            @Nullable String approvedBy,
            @Nullable TagRun run) {
        Kept {
            lineage = List.copyOf(lineage);
        }
    }

    private static final String KEPT = """
            select t.key, v.version, t.approved_version, t.shipped, t.created_at, t.retired_at is not null as retired,
                v.definition::text as definition, v.lineage, v.changed_at, v.changed_by, v.approved_at, v.approved_by,
                r.version as run_version, r.at, r.population, r.covered, r.outside, r.changed, r.several, r.millis, r.problem,
                r.counts::text as counts, r.last_set_at
            from tags t left join tag_runs r on r.key = t.key join tag_versions v on v.key = t.key
            """;

    /** All tags in their latest definitions, by key. */
    List<Kept> latest() {
        return jdbc.sql(KEPT + " where v.version = t.version order by t.key")
                .query((row, n) -> kept(row))
                .list();
    }

    Optional<Kept> latest(String key) {
        return jdbc.sql(KEPT + " where v.version = t.version and t.key = :key")
                .param("key", key)
                .query((row, n) -> kept(row))
                .optional();
    }

    /** Every definition a tag had, newest first. */
    List<Kept> versions(String key) {
        return jdbc.sql(KEPT + " where t.key = :key order by v.version desc")
                .param("key", key)
                .query((row, n) -> kept(row))
                .list();
    }

    /** The tags rules may ask, in the definitions that were approved, by key. */
    List<Kept> live() {
        return jdbc.sql(KEPT + " where v.version = t.approved_version and t.retired_at is null order by t.key")
                .query((row, n) -> kept(row))
                .list();
    }

    private Kept kept(ResultSet row) throws SQLException {
        var approved = row.getObject("approved_version", Integer.class);
        return new Kept(
                row.getString("key"),
                row.getInt("version"),
                approved,
                row.getBoolean("shipped"),
                ProfileStore.instant(row, "created_at"),
                row.getBoolean("retired"),
                json.readValue(row.getString("definition"), TagForm.class),
                List.of((String[]) row.getArray("lineage").getArray()),
                ProfileStore.instant(row, "changed_at"),
                row.getString("changed_by"),
                nullable(row, "approved_at"),
                row.getString("approved_by"),
                run(row));
    }

    private @Nullable TagRun run(ResultSet row) throws SQLException {
        var at = nullable(row, "at");
        return at == null
                ? null
                : new TagRun(
                        row.getInt("run_version"),
                        at,
                        row.getLong("population"),
                        row.getLong("covered"),
                        row.getLong("outside"),
                        row.getLong("changed"),
                        row.getLong("several"),
                        row.getLong("millis"),
                        row.getString("problem"),
                        json.readValue(row.getString("counts"), new TypeReference<List<TagRun.Count>>() {}),
                        nullable(row, "last_set_at"));
    }

    private static @Nullable Instant nullable(ResultSet row, String column) throws SQLException {
        var at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }

    /** Makes a tag; false when the key is taken. */
    boolean insert(String key, TagForm form, List<String> lineage, boolean shipped, Instant now, String by) {
        int made = jdbc.sql("""
                        insert into tags (key, version, shipped, created_at) values (:key, 1, :shipped, :now)
                        on conflict (key) do nothing
                        """)
                .param("key", key)
                .param("shipped", shipped)
                .param("now", ProfileStore.utc(now))
                .update();
        if (made == 1) insertVersion(key, 1, form, lineage, now, by);
        return made == 1;
    }

    void change(String key, int version, TagForm form, List<String> lineage, Instant now, String by) {
        // A retired one stays so until the new definition is approved: the old one is nobody's word any more.
        jdbc.sql("update tags set version = :version where key = :key")
                .param("key", key)
                .param("version", version)
                .update();
        insertVersion(key, version, form, lineage, now, by);
    }

    private void insertVersion(String key, int version, TagForm form, List<String> lineage, Instant now, String by) {
        jdbc.sql("""
                        insert into tag_versions (key, version, definition, lineage, changed_at, changed_by)
                        values (:key, :version, :definition::jsonb, :lineage, :now, :by)
                        """)
                .param("key", key)
                .param("version", version)
                .param("definition", json.writeValueAsString(form))
                .param("lineage", new SqlArrayValue("text", lineage.toArray()))
                .param("now", ProfileStore.utc(now))
                .param("by", by)
                .update();
    }

    /** Two approvals of one moment could each find the other's definition not there yet, and close a circle. */
    void oneApprovalAtATime() {
        jdbc.sql("lock table tags in share row exclusive mode").update();
    }

    void approve(String key, int version, Instant now, String by) {
        jdbc.sql("""
                        update tags set approved_version = :version,
                            retired_at = case when approved_version = :version then retired_at end
                        where key = :key
                        """).param("key", key).param("version", version).update();
        jdbc.sql(
                        "update tag_versions set approved_at = :now, approved_by = :by where key = :key and version = :version")
                .param("key", key)
                .param("version", version)
                .param("now", ProfileStore.utc(now))
                .param("by", by)
                .update();
    }

    void retire(String key, Instant now) {
        jdbc.sql("update tags set retired_at = :now where key = :key")
                .param("key", key)
                .param("now", ProfileStore.utc(now))
                .update();
    }

    void ran(String key, TagRun run) {
        jdbc.sql("""
                        insert into tag_runs (key, version, at, population, covered, outside, changed, several, millis, problem, counts,
                            last_set_at)
                        values (:key, :version, :at, :population, :covered, :outside, :changed, :several, :millis, :problem,
                            :counts::jsonb, :lastSet)
                        on conflict (key) do update set version = excluded.version, at = excluded.at,
                            population = excluded.population, covered = excluded.covered, outside = excluded.outside,
                            changed = excluded.changed, several = excluded.several, millis = excluded.millis,
                            problem = excluded.problem, counts = excluded.counts, last_set_at = excluded.last_set_at
                        """)
                .param("key", key)
                .param("version", run.version())
                .param("at", ProfileStore.utc(run.at()))
                .param("population", run.population())
                .param("covered", run.covered())
                .param("outside", run.outside())
                .param("changed", run.changed())
                .param("several", run.several())
                .param("millis", run.millis())
                .param("problem", run.problem(), java.sql.Types.VARCHAR)
                .param("counts", json.writeValueAsString(run.values()))
                .param(
                        "lastSet",
                        run.lastSetAt() == null ? null : ProfileStore.utc(run.lastSetAt()),
                        java.sql.Types.TIMESTAMP_WITH_TIMEZONE)
                .update();
    }

    /** That it failed this time: what was known of its values stays. */
    void failed(String key, int version, Instant at, long millis, String problem) {
        jdbc.sql("""
                        insert into tag_runs (key, version, at, population, covered, outside, changed, several, millis, problem, counts)
                        values (:key, :version, :at, 0, 0, 0, 0, 0, :millis, :problem, '[]')
                        on conflict (key) do update set millis = excluded.millis, problem = excluded.problem
                        """)
                .param("key", key)
                .param("version", version)
                .param("at", ProfileStore.utc(at))
                .param("millis", millis)
                .param("problem", problem)
                .update();
    }

    /** What a batch of values was and did. */
    record Batch(String digest, int changed) {}

    Optional<Batch> batch(String key, String batch) {
        return jdbc.sql("select digest, changed from tag_batches where tag = :tag and batch = :batch")
                .param("tag", key)
                .param("batch", batch)
                .query((row, n) -> new Batch(row.getString("digest"), row.getInt("changed")))
                .optional();
    }

    void batch(String key, String batch, String digest, int changed, Instant now) {
        jdbc.sql(
                        "insert into tag_batches (tag, batch, digest, changed, at) values (:tag, :batch, :digest, :changed, :now)")
                .param("tag", key)
                .param("batch", batch)
                .param("digest", digest)
                .param("changed", changed)
                .param("now", ProfileStore.utc(now))
                .update();
    }

    // ---- the tags of customers ----

    /** A change of one customer's tag; {@code value} is a JSON scalar, null when it goes. */
    record Change(long customer, String tag, @Nullable String value, Instant at, int version) {}

    /** A value a customer has, and since when. */
    record Held(JsonNode value, Instant at) {}

    Map<CustomerId, Map<String, Held>> of(Collection<CustomerId> customers) {
        var found = new HashMap<CustomerId, Map<String, Held>>();
        jdbc.sql("select customer_id, tags::text as tags from customer_tags where customer_id = any (:ids)")
                .param("ids", ProfileStore.longs(List.copyOf(customers), CustomerId::value))
                .query(row -> {
                    found.put(new CustomerId(row.getLong("customer_id")), held(row.getString("tags")));
                });
        return found;
    }

    /** A tag in force and a customer who has it. */
    record Carried(CustomerId customer, TagValue tag) {}

    /** The question for the tags of a customer that are in force, by key. */
    Questions.Question<Carried> carried(CustomerId customer) {
        // By equality: a question by an array PostgreSQL plans anew each time.
        return carried("c.customer_id = :ids", customer.value());
    }

    /** The same for many customers; one without any is left out. */
    Questions.Question<Carried> carried(Collection<CustomerId> customers) {
        return carried("c.customer_id = any (:ids)", ProfileStore.longs(List.copyOf(customers), CustomerId::value));
    }

    private Questions.Question<Carried> carried(String whose, Object ids) {
        return new Questions.Question<>("""
                select c.customer_id, t.key, v.definition -> 'name' ->> 'en' as en, v.definition -> 'name' ->> 'zh' as zh,
                    e.value::text as held
                from customer_tags c
                cross join lateral jsonb_each(c.tags) e
                join tags t on t.key = e.key and t.retired_at is null
                join tag_versions v on v.key = t.key and v.version = t.approved_version
                where %s order by t.key collate "C"
                """.formatted(whose), Map.of("ids", ids), (row, n) -> {
            var held = held(json.readTree(row.getString("held")));
            return new Carried(
                    new CustomerId(row.getLong("customer_id")),
                    new TagValue(
                            row.getString("key"),
                            new Wording(row.getString("en"), row.getString("zh")),
                            held.value(),
                            held.at()));
        });
    }

    private static Held held(JsonNode value) {
        return new Held(value.path("v"), Instant.parse(value.path("at").asString()));
    }

    private Map<String, Held> held(String tags) {
        var held = new TreeMap<String, Held>();
        json.readTree(tags).forEachEntry((key, value) -> held.put(key, held(value)));
        return held;
    }

    /** Whoever changes tags of customers takes turns: what a customer has is read, changed and written as one. */
    void takeTurn() {
        jdbc.sql("select unsettled from tag_progress for update")
                .query(Boolean.class)
                .single();
    }

    void store(List<Change> changes) {
        var deltas = new LinkedHashMap<Long, ObjectNode>();
        for (var change : changes) {
            var delta = deltas.computeIfAbsent(change.customer(), c -> JsonNodeFactory.instance.objectNode());
            if (change.value() == null) delta.putNull(change.tag());
            else
                delta.putObject(change.tag()).put("at", change.at().toString()).set("v", json.readTree(change.value()));
        }
        if (deltas.isEmpty()) return;
        takeTurn();
        jdbc.sql("""
                        insert into customer_tags (customer_id, tags)
                        select x.c, jsonb_strip_nulls(coalesce(t.tags, '{}') || x.d::jsonb)
                        from unnest(:customers, :deltas) as x (c, d) left join customer_tags t on t.customer_id = x.c
                        on conflict (customer_id) do update set tags = excluded.tags
                        """)
                .param("customers", new SqlArrayValue("bigint", deltas.keySet().toArray()))
                .param(
                        "deltas",
                        new SqlArrayValue(
                                "text",
                                deltas.values().stream()
                                        .map(ObjectNode::toString)
                                        .toArray()))
                .update();
    }

    /** Those of these customers who have a tag. */
    Set<CustomerId> holders(Collection<CustomerId> customers) {
        return Set.copyOf(
                jdbc.sql("select customer_id from customer_tags where customer_id = any (:ids) and tags <> '{}'::jsonb")
                        .param("ids", ProfileStore.longs(List.copyOf(customers), CustomerId::value))
                        .query((row, n) -> new CustomerId(row.getLong("customer_id")))
                        .list());
    }

    /** Counts up with each batch of changes: the later of two at one instant stands. */
    long nextChange() {
        return jdbc.sql("select nextval('tag_change_seq')").query(Long.class).single();
    }

    // ---- two stores ----

    boolean isUnsettled() {
        return jdbc.sql("select unsettled from tag_progress")
                .query(Boolean.class)
                .single();
    }

    void unsettled(boolean is) {
        jdbc.sql("update tag_progress set unsettled = :is").param("is", is).update();
    }

    /**
     * Reads tags from the history again where customers were joined or parted: only there it stands that a tag was taken
     * away, and when.
     *
     * @param touched whose tags are not to be trusted
     * @param owners every identity these are of now, and the customer it belongs to
     */
    void readAgain(Collection<CustomerId> touched, Map<CustomerId, CustomerId> owners) {
        var gone = new HashSet<>(touched);
        gone.addAll(owners.values());
        if (gone.isEmpty()) return;
        takeTurn();
        jdbc.sql("delete from customer_tags where customer_id = any (:ids)")
                .param("ids", ProfileStore.longs(List.copyOf(gone), CustomerId::value))
                .update();
        record Series(long customer, String tag) {}
        record Word(long seq, Change change) {}
        var latest = new LinkedHashMap<Series, Word>();
        warehouse.stream(
                Sql.of("""
                        select customer_id, tag, value, valid_from, version, seq from tag_changes
                        where customer_id in (select cast(unnest(cast(? as varchar[])) as bigint))
                        qualify row_number() over (partition by customer_id, tag order by valid_from desc, seq desc) = 1
                        """, owners.keySet().stream().map(CustomerId::toString).toList()), row -> {
                    var identity = new CustomerId(row.longValue("customer_id"));
                    var owner = owners.getOrDefault(identity, identity).value();
                    var change = new Change(
                            owner,
                            row.text("tag"),
                            row.nullableText("value"),
                            row.instant("valid_from"),
                            row.intValue("version"));
                    latest.merge(
                            new Series(owner, change.tag()),
                            new Word(row.longValue("seq"), change),
                            (one, other) -> Comparator.comparing((Word word) ->
                                                            word.change().at())
                                                    .thenComparing(Word::seq)
                                                    .compare(one, other)
                                            >= 0
                                    ? one
                                    : other);
                });
        store(latest.values().stream()
                .map(Word::change)
                .filter(change -> change.value() != null)
                .toList());
    }

    private static Change change(Row row) {
        return new Change(
                row.longValue("customer_id"),
                row.text("tag"),
                row.text("value"),
                row.instant("valid_from"),
                row.intValue("version"));
    }

    /** Reads everybody's tags from the history again: after a crash between the two stores. */
    void readAgain() {
        transaction.executeWithoutResult(status -> {
            takeTurn();
            jdbc.sql("truncate customer_tags").update();
            var page = new ArrayList<Change>(AT_ONCE);
            warehouse.stream(
                    Sql.of("select customer_id, tag, value, valid_from, version from tags_now order by customer_id"),
                    row -> {
                        page.add(change(row));
                        if (page.size() == AT_ONCE) {
                            store(page);
                            page.clear();
                        }
                    });
            store(page);
        });
    }
}
