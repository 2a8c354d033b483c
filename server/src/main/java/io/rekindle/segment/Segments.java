package io.rekindle.segment;

import io.rekindle.access.AuditTrail;
import io.rekindle.access.Caller;
import io.rekindle.common.CustomerId;
import io.rekindle.common.Page;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Problem;
import io.rekindle.platform.SystemClock;
import io.rekindle.profile.Profiles;
import io.rekindle.profile.Tags;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Named groups of customers, and who is in them as of any instant. */
@Component
public class Segments {
    private static final int MOST_NAME = 200;
    private static final int MOST_LISTED = 200;

    private final JdbcClient jdbc;
    private final Warehouse warehouse;
    private final AuditTrail audit;
    private final BusinessClock business;
    private final SystemClock system;
    private final ObjectProvider<FieldSource> sources;
    private final ObjectProvider<SegmentUse> uses;
    private final JsonMapper json;
    private final HistoryNames names;
    private final Profiles profiles;
    private final Tags tags;

    Segments(
            JdbcClient jdbc,
            Warehouse warehouse,
            AuditTrail audit,
            BusinessClock business,
            SystemClock system,
            ObjectProvider<FieldSource> sources,
            ObjectProvider<SegmentUse> uses,
            JsonMapper json,
            Profiles profiles,
            Tags tags) {
        this.jdbc = jdbc;
        this.warehouse = warehouse;
        this.audit = audit;
        this.business = business;
        this.system = system;
        this.sources = sources;
        this.uses = uses;
        this.json = json;
        this.names = new HistoryNames(warehouse, system);
        this.profiles = profiles;
        this.tags = tags;
    }

    /** The segment; a {@link Problem} {@code segment_unknown} when there is none. */
    public Segment get(long id) {
        var all = rules();
        var stored = all.get(id);
        if (stored == null) throw unknown(id);
        return described(stored, all, vocabulary());
    }

    /** The segments a customer is in now, with their names, by name. */
    public Map<Long, String> of(CustomerId customer) {
        var all = rules();
        var asked = all.values().stream()
                .map(stored -> Sql.of("select cast(? as bigint) as id from", stored.id())
                        .then(members(stored.rule(), business.instant(), all).inParentheses())
                        .then("m where customer_id = ?", customer.value()))
                .toList();
        var found = new LinkedHashMap<Long, String>();
        if (asked.isEmpty()) return found;
        warehouse.query(Sql.join(" union all ", asked), row -> row.longValue("id")).stream()
                .map(id -> required(all, id))
                .sorted(java.util.Comparator.comparing(Stored::name))
                .forEach(stored -> found.put(stored.id(), stored.name()));
        return found;
    }

    /** All segments with their rules, without words. */
    List<Named> all() {
        return rules().values().stream()
                .map(stored -> new Named(stored.id(), stored.name(), stored.rule()))
                .toList();
    }

    /** A segment's name and rule. */
    record Named(long id, String name, Rule rule) {}

    /** By name; the cursor is the name to go on after. */
    public Page<Segment> list(String after, int limit) {
        var all = rules();
        var vocabulary = vocabulary();
        var rows = all.values().stream()
                .filter(stored -> stored.name().compareTo(after) > 0)
                .sorted(java.util.Comparator.comparing(Stored::name))
                .limit(limit + 1L)
                .map(stored -> described(stored, all, vocabulary))
                .toList();
        return Page.of(rows, limit, Segment::name);
    }

    /**
     * A query with one column, {@code customer_id}: who is in the segment, by its present rule and as of an instant. Run
     * it at once: it reckons with the merges there are now.
     */
    public Sql members(long segmentId, Instant asOf) {
        var all = rules();
        var stored = all.get(segmentId);
        if (stored == null) throw unknown(segmentId);
        return members(stored.rule(), asOf, all);
    }

    /**
     * {@link #members(long, Instant)} by what the segment was in one of its versions, for what was approved with it: its
     * own rule and those of the segments it names, as they were then; also when one of them was deleted since.
     */
    public Sql members(long segmentId, int version, Instant asOf) {
        var kept = jdbc.sql("""
                        select rule::text as rule, parts::text as parts from segment_versions
                        where segment_id = :id and version = :version
                        """)
                .param("id", segmentId)
                .param("version", version)
                .query((row, n) -> new Kept(rule(row), parts(row)))
                .optional()
                .orElseThrow(() -> unknown(segmentId));
        if (kept.parts() == null) return members(kept.rule(), asOf, rules());
        var parts = kept(kept.parts());
        return compiled(
                kept.rule(),
                asOf,
                id -> {
                    var part = parts.get(id);
                    if (part == null) throw unknown(id);
                    return part;
                },
                Long::toString);
    }

    /** @param parts the segments it named and their versions then; null: kept before that was written down */
    private record Kept(Rule rule, @Nullable Map<Long, Integer> parts) {}

    private Map<Long, Rule> kept(Map<Long, Integer> versions) {
        var rules = new LinkedHashMap<Long, Rule>();
        if (versions.isEmpty()) return rules;
        jdbc.sql("""
                        select v.segment_id, v.rule::text as rule
                        from unnest(:ids::bigint[], :versions::int[]) as p(id, version)
                        join segment_versions v on v.segment_id = p.id and v.version = p.version
                        """)
                .param("ids", versions.keySet().toArray(Long[]::new))
                .param("versions", versions.values().toArray(Integer[]::new))
                .query((row, n) -> rules.put(row.getLong("segment_id"), rule(row)))
                .list();
        return rules;
    }

    private @Nullable Map<Long, Integer> parts(ResultSet row) throws SQLException {
        var text = row.getString("parts");
        if (text == null) return null;
        var parts = new LinkedHashMap<Long, Integer>();
        json.readTree(text).forEachEntry((id, version) -> parts.put(Long.valueOf(id), version.intValue()));
        return parts;
    }

    private Rule rule(ResultSet row) throws SQLException {
        return RuleJson.readStored(json.readTree(row.getString("rule")));
    }

    /** A query with one column, {@code customer_id}: for whom the rule holds as of an instant. Run it at once. */
    public Sql members(Rule rule, Instant asOf) {
        return members(rule, asOf, rules());
    }

    private Sql members(Rule rule, Instant asOf, Map<Long, Stored> all) {
        return compiled(
                rule,
                asOf,
                id -> required(all, id).rule(),
                id -> required(all, id).name());
    }

    private Sql compiled(Rule rule, Instant asOf, LongFunction<Rule> named, LongFunction<String> names) {
        return RuleSql.compile(rule, asOf, business.zone(), history(), named, names);
    }

    private RuleSql.History history() {
        var ruled = warehouse.query(Sql.of("select distinct trait from trait_rules_now"), row -> row.text("trait"));
        return warehouse
                .first(
                        Sql.of("select exists (select 1 from identity_changes) as merges,"
                                + " exists (select 1 from imports_undone) as undone"),
                        row -> new RuleSql.History(
                                row.booleanValue("merges"), row.booleanValue("undone"), Set.copyOf(ruled)))
                .orElseThrow();
    }

    /** The rule in words. */
    public Words words(Rule rule) {
        return words(rule, rules(), vocabulary());
    }

    /** Reads a rule; a {@link Problem} {@code segment_rule_invalid} lists every fault with its place. */
    public Rule read(JsonNode rule) {
        return read(rule, null, rules());
    }

    private Rule read(JsonNode rule, @Nullable Long self, Map<Long, Stored> all) {
        RuleJson.Known known = id -> faultOfReference(id, self, all);
        var read = read(rule, known);
        sizes(all).check(read);
        return read;
    }

    private Rule read(JsonNode rule, RuleJson.Known known) {
        var fields = brought();
        try {
            return RuleJson.read(rule, vocabulary(fields, names.recent()), known);
        } catch (Problem perhapsSeenSince) {
            return RuleJson.read(rule, vocabulary(fields, names.now()), known);
        }
    }

    private static RuleSize sizes(Map<Long, Stored> all) {
        return new RuleSize(
                id -> required(all, id).rule(), id -> required(all, id).name());
    }

    /** What names a segment grows with it: no other may become too large by this one's new rule. */
    private static void checkThoseThatName(long id, Rule rule, Map<Long, Stored> all) {
        var then = new LinkedHashMap<>(all);
        then.computeIfPresent(id, (same, before) -> before.with(rule));
        var sizes = sizes(then);
        for (var other : then.values())
            if (sizes.reachedFrom(other.rule()).contains(id))
                sizes.tooLarge(other.rule()).ifPresent(fault -> {
                    var words = "segment %d '%s' names this one and would be too large: %s"
                            .formatted(other.id(), other.name(), fault.message());
                    throw Problem.unprocessable(
                            "segment_rule_invalid",
                            words,
                            List.of(new Problem.Fault("", "rule_too_large", "{words}").with("words", words)));
                });
    }

    /** A segment that asks a tag whose rule asks the segment would have neither of them follow from the history. */
    private void checkTags(long id, Rule rule) {
        tags.circle(id, SegmentTags.asks(rule)).ifPresent(way -> {
            throw Problem.unprocessable(
                    "segment_rule_invalid",
                    "the rule makes a circle of segments and tags: " + way,
                    List.of(new Problem.Fault("", "segment_circle", "this makes a circle: {way}").with("way", way)));
        });
    }

    /**
     * What is odd about a rule, with its place: an event no source has sent yet, which is how a misspelt one looks. It is
     * no fault, for a rule may be written before the first such event comes in.
     */
    public List<Problem.Fault> oddities(Rule rule) {
        var fields = brought();
        var recent = RuleJson.oddities(rule, vocabulary(fields, names.recent()));
        return recent.isEmpty() ? recent : RuleJson.oddities(rule, vocabulary(fields, names.now()));
    }

    private Vocabulary vocabulary(List<Field> fields, HistoryNames.Names seen) {
        return Vocabulary.of(fields, seen, profiles.sealedFields());
    }

    private static Optional<Problem.Fault> faultOfReference(long id, @Nullable Long self, Map<Long, Stored> all) {
        var target = all.get(id);
        if (target == null) return Optional.of(Problem.Fault.of("", unknown(id)));
        if (self == null) return Optional.empty();
        return way(id, self, all, List.of(self), new HashSet<>())
                .map(way -> new Problem.Fault("", "segment_circle", "this makes a circle: {way}")
                        .with("way", way.stream().map(String::valueOf).collect(Collectors.joining(" → "))));
    }

    /**
     * The way from one segment to another along references; stored segments make no circle among themselves.
     *
     * @param looked segments no way leads on from, as far as was looked: none is looked at twice
     */
    private static Optional<List<Long>> way(
            long from, long to, Map<Long, Stored> all, List<Long> before, Set<Long> looked) {
        if (!looked.add(from)) return Optional.empty();
        var here = new ArrayList<>(before);
        here.add(from);
        if (from == to) return Optional.of(here);
        var stored = all.get(from);
        if (stored == null) return Optional.empty();
        return references(stored.rule())
                .map(next -> way(next, to, all, here, looked))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Stream<Long> references(Rule rule) {
        return switch (rule) {
            case Rule.All(var rules) -> rules.stream().flatMap(Segments::references);
            case Rule.Any(var rules) -> rules.stream().flatMap(Segments::references);
            case Rule.Not(var inner) -> references(inner);
            case Rule.InSegment(var id) -> Stream.of(id);
            case Rule.Trait trait -> Stream.empty();
            case Rule.Tag tag -> Stream.empty();
            case Rule.Event event -> Stream.empty();
            case Rule.Orders orders -> Stream.empty();
            case Rule.Tier tier -> Stream.empty();
            case Rule.Group group -> Stream.empty();
            case Rule.Stage stage -> Stream.empty();
            case Rule.Score score -> Stream.empty();
            case Rule.Message message -> Stream.empty();
        };
    }

    /** Makes a segment. */
    @Transactional
    public Segment create(String name, JsonNode rule) {
        lock();
        checkName(name, null);
        var read = read(rule, null, rules());
        long id = jdbc.sql("""
                        insert into segments (name, rule, version, created_at)
                        values (:name, :rule::jsonb, 1, :now) returning id
                        """)
                .param("name", name)
                .param("rule", RuleJson.write(read).toString())
                .param("now", now())
                .query(Long.class)
                .single();
        keepVersion(id);
        audit.record(
                "segment.created",
                "segment " + id,
                "'%s': %s".formatted(name, words(read).en()));
        return get(id);
    }

    /**
     * Changes a segment's name and rule; the version before is kept. With the rule, every segment that names this one has
     * become another too, and gets a new version.
     */
    @Transactional
    public Segment change(long id, String name, JsonNode rule) {
        lock();
        var before = get(id);
        checkName(name, id);
        var all = rules();
        var read = read(rule, id, all);
        checkThoseThatName(id, read, all);
        checkTags(id, read);
        jdbc.sql("update segments set name = :name, rule = :rule::jsonb, version = version + 1 where id = :id")
                .param("name", name)
                .param("rule", RuleJson.write(read).toString())
                .param("id", id)
                .update();
        var naming = read.equals(before.rule()) ? List.<Stored>of() : naming(id);
        for (var other : naming)
            jdbc.sql("update segments set version = version + 1 where id = :id")
                    .param("id", other.id())
                    .update();
        keepVersion(id);
        audit.record(
                "segment.changed",
                "segment " + id,
                "'%s': %s, before: %s"
                        .formatted(name, words(read).en(), before.words().en()));
        for (var other : naming) {
            keepVersion(other.id());
            audit.record(
                    "segment.changed",
                    "segment " + other.id(),
                    "'%s': segment %d '%s', which it names, was changed".formatted(other.name(), id, name));
        }
        return get(id);
    }

    /** The segments that name this one, themselves or through others. */
    private List<Stored> naming(long id) {
        var all = rules();
        return all.values().stream()
                .filter(other -> other.id() != id && parts(other.rule(), all).containsKey(id))
                .toList();
    }

    /** The segments a rule names, themselves or through others, with their present versions. */
    private static Map<Long, Integer> parts(Rule rule, Map<Long, Stored> all) {
        var parts = new TreeMap<Long, Integer>();
        var open = new ArrayDeque<Rule>(List.of(rule));
        while (!open.isEmpty())
            references(open.remove()).forEach(part -> {
                var stored = required(all, part);
                if (parts.put(part, stored.version()) == null) open.add(stored.rule());
            });
        return parts;
    }

    /** Deletes a segment; a {@link Problem} {@code segment_in_use} names what uses it. Its versions stay. */
    @Transactional
    public void delete(long id) {
        lock();
        var segment = get(id);
        var users = new ArrayList<String>();
        for (var other : rules().values())
            if (references(other.rule()).anyMatch(reference -> reference == id))
                users.add("segment %d '%s'".formatted(other.id(), other.name()));
        uses.orderedStream().forEach(use -> users.addAll(use.usersOf(id)));
        if (!users.isEmpty())
            throw Problem.conflict("segment_in_use", "segment {id} '{name}' is used by {users}; change these first")
                    .with("id", id)
                    .with("name", segment.name())
                    .with("users", users);
        jdbc.sql("update segments set deleted_at = :now where id = :id")
                .param("now", now())
                .param("id", id)
                .update();
        audit.record("segment.deleted", "segment " + id, "'%s'".formatted(segment.name()));
    }

    /** Two changes at once could each be without a circle and make one together. */
    private void lock() {
        jdbc.sql("lock table segments in share row exclusive mode").update();
    }

    private void checkName(String name, @Nullable Long self) {
        if (name.isBlank() || name.length() > MOST_NAME)
            throw Problem.invalid("segment_name_invalid", "a segment's name has 1 to {most} characters")
                    .with("most", MOST_NAME);
        boolean taken = rules().values().stream()
                .anyMatch(other -> other.name().equals(name) && (self == null || other.id() != self));
        if (taken)
            throw Problem.conflict("segment_name_taken", "there is a segment '{name}' already")
                    .with("name", name);
    }

    private void keepVersion(long id) {
        var all = rules();
        jdbc.sql("""
                        insert into segment_versions (segment_id, version, name, rule, parts, changed_at, changed_by)
                        select id, version, name, rule, :parts::jsonb, :now, :by from segments where id = :id
                        """)
                .param("parts", json.writeValueAsString(parts(required(all, id).rule(), all)))
                .param("now", now())
                .param("by", Caller.current().name())
                .param("id", id)
                .update();
    }

    /** What a rule may ask: what every installation has, what modules bring, what was seen in the history. */
    public List<Field> fields() {
        var fields = new ArrayList<Field>(List.of(
                new Field("orders.count", Field.Type.ORDERS, new Words("number of orders", "订单数"), List.of()),
                new Field("orders.revenue", Field.Type.ORDERS, new Words("revenue, net", "净消费金额"), List.of()),
                new Field("orders.lastOrder", Field.Type.ORDERS, new Words("last order", "最近一次下单"), List.of())));
        fields.addAll(brought());
        fields.add(new Field(
                "message",
                Field.Type.MESSAGE,
                new Words("messages", "消息"),
                Vocabulary.MESSAGE_STATES.entrySet().stream()
                        .map(state -> new Field.Value(state.getKey(), state.getValue()))
                        .toList()));
        fields.add(new Field(
                "segment",
                Field.Type.SEGMENT,
                new Words("segment", "人群"),
                rules().values().stream()
                        .map(stored ->
                                new Field.Value(Long.toString(stored.id()), new Words(stored.name(), stored.name())))
                        .toList()));
        var seen = names.now();
        seen.traits().entrySet().stream()
                .limit(MOST_LISTED)
                .map(trait -> new Field(
                        "trait." + trait.getKey(),
                        trait.getValue().type(),
                        new Words(trait.getKey(), trait.getKey()),
                        List.of()))
                .forEach(fields::add);
        seen.events().keySet().stream()
                .limit(MOST_LISTED)
                .map(event -> new Field("event." + event, Field.Type.EVENT, new Words(event, event), List.of()))
                .forEach(fields::add);
        return List.copyOf(fields);
    }

    private List<Field> brought() {
        return sources.orderedStream()
                .flatMap(source -> source.fields().stream())
                .toList();
    }

    private Vocabulary vocabulary() {
        return Vocabulary.of(brought());
    }

    private static Segment described(Stored stored, Map<Long, Stored> all, Vocabulary vocabulary) {
        return new Segment(
                stored.id(),
                stored.name(),
                stored.rule(),
                words(stored.rule(), all, vocabulary),
                stored.version(),
                stored.createdAt());
    }

    private static Words words(Rule rule, Map<Long, Stored> all, Vocabulary vocabulary) {
        return new RuleWords(vocabulary, id -> required(all, id).name()).of(rule);
    }

    private static Stored required(Map<Long, Stored> all, long id) {
        var stored = all.get(id);
        if (stored == null) throw unknown(id);
        return stored;
    }

    private static Problem unknown(long id) {
        return Problem.notFound("segment_unknown", "there is no segment {id}").with("id", id);
    }

    /** A segment as PostgreSQL has it. */
    private record Stored(long id, String name, Rule rule, int version, Instant createdAt) {
        Stored with(Rule other) {
            return new Stored(id, name, other, version, createdAt);
        }
    }

    private Map<Long, Stored> rules() {
        var all = new LinkedHashMap<Long, Stored>();
        jdbc.sql(
                        "select id, name, rule::text as rule, version, created_at from segments where deleted_at is null order by id")
                .query((row, n) -> stored(row))
                .list()
                .forEach(stored -> all.put(stored.id(), stored));
        return all;
    }

    private Stored stored(ResultSet row) throws SQLException {
        return new Stored(
                row.getLong("id"),
                row.getString("name"),
                rule(row),
                row.getInt("version"),
                row.getObject("created_at", OffsetDateTime.class).toInstant());
    }

    private OffsetDateTime now() {
        return OffsetDateTime.ofInstant(system.instant(), ZoneOffset.UTC);
    }
}
