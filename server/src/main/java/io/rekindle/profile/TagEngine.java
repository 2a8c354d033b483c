package io.rekindle.profile;

import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Problem;
import io.rekindle.platform.SystemClock;
import io.rekindle.platform.WriteGate;
import io.rekindle.profile.TagStore.Change;
import io.rekindle.profile.TagStore.Kept;
import io.rekindle.warehouse.AdHocQueries;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import io.rekindle.warehouse.WarehouseException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Works tags out: many in one statement, for each of its views is then read once; only changes are written down. A
 * statement of several that fails or takes too long is asked again one tag at a time, so that the others do not suffer
 * and the one at fault is known.
 *
 * <p>Tags that ask other tags come after those, by what stands of them then.
 */
@Component
class TagEngine {
    private static final Logger LOG = LoggerFactory.getLogger(TagEngine.class);
    private static final int AT_ONCE = 20_000;
    private static final int MOST_COUNTS = 20;

    private final Warehouse warehouse;
    private final TagStore store;
    private final ObjectProvider<TagRules> rules;
    private final ObjectProvider<TagModels> models;
    private final BusinessClock clock;
    private final SystemClock system;
    private final WriteGate gate;
    private final AdHocQueries queries;
    private final TagTemplate templates;
    private final TransactionTemplate transaction;
    private final ReentrantLock oneAtATime = new ReentrantLock();

    TagEngine(
            Warehouse warehouse,
            TagStore store,
            ObjectProvider<TagRules> rules,
            ObjectProvider<TagModels> models,
            BusinessClock clock,
            SystemClock system,
            WriteGate gate,
            AdHocQueries queries,
            TagTemplate templates,
            TransactionTemplate transaction) {
        this.warehouse = warehouse;
        this.store = store;
        this.rules = rules;
        this.models = models;
        this.clock = clock;
        this.system = system;
        this.gate = gate;
        this.queries = queries;
        this.templates = templates;
        this.transaction = transaction;
    }

    /** Works out the tags that are due: never, or as many days ago as their definitions say, or in another version. */
    void renew() {
        var tags = store.live();
        run(tags.stream().filter(tag -> tag.form().isComputed() && isDue(tag)).toList());
        count(tags);
    }

    /** Works out tags now, due or not, and counts those that are set from outside. */
    void refresh(Collection<String> keys) {
        var tags = store.live().stream().filter(tag -> keys.contains(tag.key())).toList();
        run(tags.stream().filter(tag -> tag.form().isComputed()).toList());
        count(tags);
    }

    private boolean isDue(Kept tag) {
        var run = tag.run();
        return run == null
                || !Integer.valueOf(run.version()).equals(tag.approvedVersion())
                || run.problem() != null
                || !LocalDate.ofInstant(run.at(), clock.zone())
                        .plusDays(tag.form().refreshDays())
                        .isAfter(clock.today());
    }

    private void run(List<Kept> tags) {
        oneAtATime.lock();
        try {
            if (store.isUnsettled()) settle();
            if (tags.isEmpty()) return;
            var asOf = clock.instant();
            for (var level : levels(tags)) {
                if (level.size() == 1) alone(level.getFirst(), asOf);
                else
                    try {
                        together(level, asOf);
                    } catch (WarehouseException | Problem oneOfThem) {
                        for (var tag : level) alone(tag, asOf);
                    }
            }
        } finally {
            oneAtATime.unlock();
        }
    }

    private void settle() {
        gate.write(() -> {
            store.readAgain();
            store.unsettled(false);
        });
    }

    /** Tags that ask no other of them, then those that ask only these, and so on; a circle comes last. */
    static List<List<Kept>> levels(List<Kept> tags) {
        var left = new LinkedHashMap<String, Kept>();
        for (var tag : tags) left.put(tag.key(), tag);
        var levels = new ArrayList<List<Kept>>();
        while (!left.isEmpty()) {
            var ready = left.values().stream()
                    .filter(tag -> tag.lineage().stream()
                            .noneMatch(asked -> asked.startsWith("tag.") && left.containsKey(asked.substring(4))))
                    .toList();
            if (ready.isEmpty()) ready = List.copyOf(left.values());
            levels.add(ready);
            ready.forEach(tag -> left.remove(tag.key()));
        }
        return levels;
    }

    private void alone(Kept tag, Instant asOf) {
        long from = system.instant().toEpochMilli();
        try {
            together(List.of(tag), asOf);
        } catch (WarehouseException | Problem fails) {
            var words = TagTemplate.firstLine(fails.getMessage());
            LOG.warn("tag {} cannot be worked out: {}", tag.key(), words);
            store.failed(tag.key(), tag.version(), asOf, system.instant().toEpochMilli() - from, words);
        }
    }

    private void together(List<Kept> tags, Instant asOf) {
        long from = system.instant().toEpochMilli();
        var versions = new HashMap<String, Integer>();
        for (var tag : tags) versions.put(tag.key(), tag.version());
        var changes = new ArrayList<Change>();
        var changed = new HashMap<String, Long>();
        var several = new HashMap<String, Long>();
        var batch = new Batch(asOf);
        // Read to the end before anything is written: what is written would change what is read.
        guarded(() -> {
            warehouse.stream(differences(tags, asOf), row -> {
                var key = row.text("tag");
                if (row.booleanValue("several")) several.merge(key, 1L, Long::sum);
                if (!row.booleanValue("changed")) return;
                changed.merge(key, 1L, Long::sum);
                var before = row.nullableInstant("before_from");
                changes.add(new Change(
                        row.longValue("customer_id"),
                        key,
                        row.nullableText("value"),
                        before == null || before.isBefore(asOf) ? asOf : before,
                        versions.getOrDefault(key, 1)));
            });
            return true;
        });
        for (int i = 0; i < changes.size(); i += AT_ONCE)
            batch.write(changes.subList(i, Math.min(changes.size(), i + AT_ONCE)));
        batch.end();
        var counts = counts(tags, asOf);
        var population = populations(asOf);
        long millis = (system.instant().toEpochMilli() - from) / tags.size();
        for (var tag : tags) {
            long changedFor = changed.getOrDefault(tag.key(), 0L);
            long fitting = several.getOrDefault(tag.key(), 0L);
            var counted = counts.getOrDefault(tag.key(), Counted.NONE);
            store.ran(tag.key(), counted.run(tag, asOf, population, changedFor, fitting, millis, null));
        }
    }

    /** Counts who has the tags that are set from outside, and since when. */
    void count() {
        count(store.live());
    }

    private void count(List<Kept> some) {
        var tags = some.stream().filter(tag -> !tag.form().isComputed()).toList();
        if (tags.isEmpty()) return;
        long from = system.instant().toEpochMilli();
        var asOf = clock.instant();
        var counts = counts(tags, asOf);
        var population = populations(asOf);
        var lastSet = new HashMap<String, Instant>();
        warehouse.stream(
                Sql.of("select tag, max(valid_from) as last_at from tag_changes where tag in")
                        .then(list(tags.stream().map(Kept::key).toList()))
                        .then("group by tag"),
                row -> lastSet.put(row.text("tag"), row.instant("last_at")));
        long millis = (system.instant().toEpochMilli() - from) / tags.size();
        for (var tag : tags) {
            var counted = counts.getOrDefault(tag.key(), Counted.NONE);
            store.ran(tag.key(), counted.run(tag, asOf, population, 0, 0, millis, lastSet.get(tag.key())));
        }
    }

    private <T> T guarded(Supplier<T> question) {
        return TagTemplate.guarded(queries, question);
    }

    /** Writes changes to both stores; what a crash leaves half written is read again before the next run. */
    private final class Batch {
        private final Instant asOf;
        private int number;
        private boolean begun;

        Batch(Instant asOf) {
            this.asOf = asOf;
        }

        void write(List<Change> changes) {
            if (!begun) store.unsettled(true);
            begun = true;
            var id = "tags:%s:%s:%d".formatted(asOf, system.instant(), number++);
            gate.write(() -> transaction.executeWithoutResult(status -> {
                store.store(changes);
                append(id, changes);
            }));
        }

        void end() {
            if (begun) store.unsettled(false);
        }
    }

    /** One change set from outside; the caller's transaction and gate. */
    void set(String batch, List<Change> changes) {
        store.store(changes);
        append(batch, changes);
    }

    /** Whoever sets tags from outside waits for a run under way: both write the same rows. */
    <T> T exclusively(Supplier<T> work) {
        oneAtATime.lock();
        try {
            return work.get();
        } finally {
            oneAtATime.unlock();
        }
    }

    private void append(String batch, List<Change> changes) {
        long seq = store.nextChange();
        warehouse.append("tag_changes", batch, Rows.written(rows -> {
            for (var change : changes)
                rows.value(change.customer())
                        .value(change.tag())
                        .value(change.value())
                        .value(change.at())
                        .value(change.version())
                        .value(seq)
                        .end();
        }));
    }

    private TagSql sql() {
        return new TagSql(rules::getObject, this::outputs, templates, clock.zone());
    }

    /** What a model says; a {@link Problem} {@code tag_model_unknown} when there is none of the name. */
    TagModels.Output output(String name) {
        return sql().output(name);
    }

    List<TagModels.Output> outputs() {
        return models.orderedStream().flatMap(one -> one.outputs().stream()).toList();
    }

    // ---- the statement ----

    /**
     * One row per customer and tag whose value is another than before, or who fits several: {@code tag, customer_id,
     * value, several, changed, before_from}.
     */
    private Sql differences(List<Kept> tags, Instant asOf) {
        var computed = new ArrayList<Sql>();
        for (var tag : tags)
            computed.add(Sql.of("select cast(? as varchar) as tag, customer_id, value, several from", tag.key())
                    .then(sql().values(tag.form(), asOf).inParentheses())
                    .then("one"));
        var heads = new ArrayList<>(sql().heads(tags.stream().map(Kept::form).toList(), asOf));
        heads.add(Sql.of("computed as").then(Sql.join(" union all ", computed).inParentheses()));
        heads.add(Sql.of("known as (")
                .then("""
                        select coalesce(i.customer_id, t.customer_id) as customer_id, t.tag, t.value, t.valid_from
                        from tag_changes t left join identity_now i on i.alias_id = t.customer_id where t.tag in
                        """)
                .then(list(tags.stream().map(Kept::key).toList()))
                .then("""
                        qualify row_number() over (
                            partition by coalesce(i.customer_id, t.customer_id), t.tag order by t.valid_from desc, t.seq desc) = 1)
                        """));
        return Sql.of("with").then(Sql.join(", ", heads)).then("""
                        select coalesce(c.tag, k.tag) as tag, coalesce(c.customer_id, k.customer_id) as customer_id, c.value,
                            coalesce(c.several, false) as several, c.value is distinct from k.value as changed,
                            k.valid_from as before_from
                        from computed c full join known k on k.tag = c.tag and k.customer_id = c.customer_id
                        where c.value is distinct from k.value or c.several
                        order by 1, 2
                        """);
    }

    private static Sql list(Collection<String> keys) {
        return new Sql("(" + "?, ".repeat(keys.size() - 1) + "?)", new ArrayList<@Nullable Object>(keys));
    }

    /** How many customers there are to be about. */
    record Populations(long everyone, long buyers) {
        long of(TagForm.Population population) {
            return switch (population) {
                case EVERYONE -> everyone;
                case BUYERS -> buyers;
            };
        }
    }

    private Populations populations(Instant asOf) {
        var head =
                Sql.join(", ", TagTemplate.cut(TagSql.everyoneReads(TagForm.Population.EVERYONE), asOf, clock.zone()));
        return warehouse
                .first(
                        Sql.of("with")
                                .then(head)
                                .then("select (select count(*) from")
                                .then(TagSql.population(TagForm.Population.EVERYONE)
                                        .inParentheses())
                                .then("e) as everyone, (select count(*) from")
                                .then(TagSql.population(TagForm.Population.BUYERS)
                                        .inParentheses())
                                .then("b) as buyers"),
                        row -> new Populations(row.longValue("everyone"), row.longValue("buyers")))
                .orElseThrow();
    }

    /**
     * @param covered how many of the tag's population have it
     * @param outside how many others have it
     */
    private record Counted(long covered, long outside, List<TagRun.Count> values) {
        static final Counted NONE = new Counted(0, 0, List.of());

        TagRun run(
                Kept tag,
                Instant asOf,
                Populations population,
                long changed,
                long several,
                long millis,
                @Nullable Instant lastSet) {
            return new TagRun(
                    tag.version(),
                    asOf,
                    population.of(tag.form().population()),
                    covered,
                    outside,
                    changed,
                    several,
                    millis,
                    null,
                    values,
                    lastSet);
        }
    }

    private Map<String, Counted> counts(List<Kept> tags, Instant asOf) {
        var values = new HashMap<String, List<TagRun.Count>>();
        warehouse.stream(
                Sql.of("""
                        select tag, json_text(value, '$') as word, customers from (
                            select tag, value, count(*) as customers,
                                row_number() over (partition by tag order by count(*) desc, value) as place
                            from tags_now where tag in
                        """)
                        .then(list(tags.stream().map(Kept::key).toList()))
                        .then("group by tag, value) counted where place <= ? order by tag, place", MOST_COUNTS),
                row -> values.computeIfAbsent(row.text("tag"), tag -> new ArrayList<>())
                        .add(new TagRun.Count(row.text("word"), row.longValue("customers"))));
        var found = new HashMap<String, Counted>();
        for (var population : TagForm.Population.values()) {
            var about = tags.stream()
                    .filter(tag -> tag.form().population() == population)
                    .map(Kept::key)
                    .toList();
            if (about.isEmpty()) continue;
            var heads = new ArrayList<>(TagTemplate.cut(TagSql.everyoneReads(population), asOf, clock.zone()));
            heads.add(Sql.of("of_it as").then(TagSql.population(population).inParentheses()));
            warehouse.stream(
                    Sql.of("with")
                            .then(Sql.join(", ", heads))
                            .then("""
                                    select t.tag, count(p.customer_id) as covered, count(*) - count(p.customer_id) as outside
                                    from tags_now t left join of_it p on p.customer_id = t.customer_id where t.tag in
                                    """)
                            .then(list(about))
                            .then("group by t.tag"),
                    row -> found.put(
                            row.text("tag"),
                            new Counted(
                                    row.longValue("covered"),
                                    row.longValue("outside"),
                                    values.getOrDefault(row.text("tag"), List.of()))));
        }
        return found;
    }

    Tags.Preview preview(TagForm form) {
        var asOf = clock.instant();
        var heads = new ArrayList<>(sql().heads(List.of(form), TagSql.everyoneReads(form.population()), asOf));
        heads.add(Sql.of("computed as").then(sql().values(form, asOf).inParentheses()));
        heads.add(Sql.of("of_it as").then(TagSql.population(form.population()).inParentheses()));
        var counts = new ArrayList<TagRun.Count>();
        var totals = new long[3];
        warehouse.stream(Sql.of("with").then(Sql.join(", ", heads)).then("""
                        select json_text(c.value, '$') as word, count(*) as customers, count(*) filter (where c.several) as several,
                            count(p.customer_id) as covered
                        from computed c left join of_it p on p.customer_id = c.customer_id
                        where c.value is not null group by c.value order by customers desc, word
                        """), row -> {
            totals[0] += row.longValue("covered");
            totals[1] += row.longValue("customers") - row.longValue("covered");
            totals[2] += row.longValue("several");
            if (counts.size() < MOST_COUNTS) counts.add(new TagRun.Count(row.text("word"), row.longValue("customers")));
        });
        return new Tags.Preview(populations(asOf).of(form.population()), totals[0], totals[1], totals[2], counts);
    }

    /** Customers with more than one tag of a group, by group. */
    Map<String, Long> overlapping(Map<String, List<String>> groups) {
        var found = new LinkedHashMap<String, Long>();
        groups.forEach((group, keys) -> {
            if (keys.size() < 2) return;
            found.put(
                    group,
                    warehouse
                            .first(
                                    Sql.of(
                                                    "select count(*) as customers from (select customer_id from tags_now where value <> 'false' and tag in")
                                            .then(list(keys))
                                            .then("group by customer_id having count(*) > 1) several"),
                                    row -> row.longValue("customers"))
                            .orElse(0L));
        });
        return found;
    }
}
