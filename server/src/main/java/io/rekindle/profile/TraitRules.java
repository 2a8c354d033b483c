package io.rekindle.profile;

import io.rekindle.access.AuditTrail;
import io.rekindle.access.Caller;
import io.rekindle.collect.Sources;
import io.rekindle.common.CustomerId;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Problem;
import io.rekindle.platform.Problem.Fault;
import io.rekindle.platform.Questions;
import io.rekindle.platform.WriteGate;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Conflict rules: whose word stands for a trait or a personal field when sources disagree. Without a rule what occurred last
 * stands; a rule ranks sources ({@link Choice}). PostgreSQL has every version; the history is told each once it is in force,
 * so that a statement over it evaluates the rule of now, also of a past day.
 */
@Component
public class TraitRules {
    private static final String IN_FORCE = "select * from trait_rules_now order by trait";
    private static final int MOST_SOURCES = 1_000;
    private static final int AT_ONCE = 20_000;

    private final JdbcClient jdbc;
    private final Sources sources;
    private final ProfileStore profiles;
    private final ProfileTail tail;
    private final Warehouse warehouse;
    private final BusinessClock clock;
    private final WriteGate gate;
    private final AuditTrail audit;
    private final TransactionTemplate transaction;
    private final ReentrantLock oneAtATime = new ReentrantLock();

    TraitRules(
            JdbcClient jdbc,
            Sources sources,
            ProfileStore profiles,
            ProfileTail tail,
            Warehouse warehouse,
            BusinessClock clock,
            WriteGate gate,
            AuditTrail audit,
            TransactionTemplate transaction) {
        this.jdbc = jdbc;
        this.sources = sources;
        this.profiles = profiles;
        this.tail = tail;
        this.warehouse = warehouse;
        this.clock = clock;
        this.gate = gate;
        this.audit = audit;
        this.transaction = transaction;
        settle();
    }

    /**
     * A version of a rule.
     *
     * @param trait the trait's or the personal field's name
     * @param sources ranked, the one whose word counts most first; empty: the rule was taken away
     */
    public record Version(String trait, long version, List<Integer> sources, Instant changedAt, String changedBy) {
        public Version {
            sources = List.copyOf(sources);
        }
    }

    /**
     * What a rule would do, or did.
     *
     * @param customers who have the trait or had it
     * @param contested those of whom several sources have said something
     * @param changing those whose value is another one by it. Of a personal field, whose values are sealed for each
     *     identifier by itself, equal ones said under two identifiers count as another unless they are addresses
     */
    public record Effect(long customers, long contested, long changing) {}

    /** The rules in force, by name. */
    public List<Version> list() {
        return jdbc.sql(IN_FORCE).query((row, n) -> version(row)).list();
    }

    /** Every version of one rule, the latest first. */
    public List<Version> versions(String trait) {
        var versions = jdbc.sql("select * from trait_rules where trait = :trait order by version desc")
                .param("trait", ProfileTail.spelling(trait))
                .query((row, n) -> version(row))
                .list();
        if (versions.isEmpty()) throw unknown(trait);
        return versions;
    }

    /** The question for them, to be asked with others; see {@link #ranked}. */
    Questions.Question<Version> asked() {
        return new Questions.Question<>(IN_FORCE, Map.of(), (row, n) -> version(row));
    }

    /** Ranked sources by the names of what they are ranked for. */
    Map<String, List<Integer>> inForce() {
        return ranked(list());
    }

    static Map<String, List<Integer>> ranked(List<Version> rules) {
        return rules.stream().collect(Collectors.toMap(Version::trait, Version::sources));
    }

    /**
     * Puts a rule in force; what stands is chosen anew for everybody.
     *
     * @param ranked ids of sources. Problem {@code trait_rule_invalid}, with every fault at its place
     */
    public Version put(String trait, List<Integer> ranked) {
        var name = checked(trait, ranked, false);
        return change(name, ranked, "trait.rule_set", words(ranked));
    }

    /** Takes a rule away: what occurred last stands again. Problem {@code trait_rule_unknown}. */
    public void drop(String trait) {
        var name = ProfileTail.spelling(trait);
        if (!inForce().containsKey(name)) throw unknown(trait);
        change(name, List.of(), "trait.rule_dropped", "");
    }

    private static Problem unknown(String trait) {
        return Problem.notFound("trait_rule_unknown", "there is no conflict rule for '{trait}'")
                .with("trait", trait);
    }

    /** What a rule would do; none: what taking it away would. Nothing is changed. */
    public Effect dryRun(String trait, List<Integer> ranked) {
        var name = checked(trait, ranked, true);
        var traits = effect(Choice.TRAITS, name, ranked);
        var fields = effect(Choice.FIELDS, name, ranked);
        return new Effect(
                traits.customers() + fields.customers(),
                traits.contested() + fields.contested(),
                traits.changing() + fields.changing());
    }

    private Effect effect(Choice choice, String name, List<Integer> ranked) {
        return jdbc.sql("""
                        with would as (%1$s),
                        per_customer as (
                            select t.customer_id, count(distinct t.source_id) as sources,
                                min(t.word) filter (where t.standing) as stands_now, min(t.word) filter (where w.stands) as would_stand
                            from (select *, %2$s as word from %3$s where %4$s = :name) t
                            join would w on w.identity_id = t.identity_id and w.source_id = t.source_id and w.import_id = t.import_id
                            group by t.customer_id)
                        select count(*) as customers, count(*) filter (where sources > 1) as contested,
                            count(*) filter (where stands_now is distinct from would_stand) as changing
                        from per_customer
                        """.formatted(
                                choice.ranked("cast(:sources as int[])", "", "t.%s = :name".formatted(choice.name())),
                                choice.comparable(),
                                choice.table(),
                                choice.name()))
                .param("name", name)
                .param("sources", ProfileStore.ints(ranked, id -> id))
                .query((row, n) ->
                        new Effect(row.getLong("customers"), row.getLong("contested"), row.getLong("changing")))
                .single();
    }

    private String checked(String trait, List<Integer> ranked, boolean mayBeNone) {
        var name = ProfileTail.spelling(trait);
        var faults = new ArrayList<Fault>();
        if (name.isBlank() || trait.length() > ProfileTail.LONGEST_NAME)
            faults.add(new Fault("trait", "trait_rule_name", "a name has 1 to {most} characters")
                    .with("most", ProfileTail.LONGEST_NAME));
        if (name.startsWith(TraitForm.PREFIX))
            faults.add(new Fault("trait", "trait_rule_computed", "'{trait}' is computed: no source says it")
                    .with("trait", name));
        if (ImportedTags.isTrait(name))
            faults.add(new Fault("trait", "trait_rule_tag", "'{trait}' is a tag: of it what was said last stands")
                    .with("trait", name));
        if (ranked.isEmpty() && !mayBeNone)
            faults.add(new Fault("sources", "trait_rule_empty", "name at least one source"));
        if (ranked.size() > MOST_SOURCES)
            faults.add(new Fault("sources", "trait_rule_long", "a rule ranks at most {most} sources")
                    .with("most", MOST_SOURCES));
        var known = sources.list().stream().map(Sources.Source::id).collect(Collectors.toSet());
        var seen = new HashSet<Integer>();
        for (int i = 0; i < ranked.size(); i++) {
            var place = "sources[%d]".formatted(i);
            if (!known.contains(ranked.get(i)))
                faults.add(new Fault(place, "trait_rule_source", "there is no source {source}")
                        .with("source", ranked.get(i)));
            else if (!seen.add(ranked.get(i)))
                faults.add(new Fault(place, "trait_rule_twice", "source {source} stands there twice")
                        .with("source", ranked.get(i)));
        }
        if (!faults.isEmpty())
            throw Problem.unprocessable(
                    "trait_rule_invalid", "the conflict rule cannot be put in force; see the faults", faults);
        return name;
    }

    private String words(List<Integer> ranked) {
        var names = new HashMap<Integer, String>();
        for (var source : sources.list()) names.put(source.id(), source.name());
        return ranked.stream()
                .map(id -> names.getOrDefault(id, String.valueOf(id)))
                .collect(Collectors.joining(" > "));
    }

    private Version change(String name, List<Integer> ranked, String action, String words) {
        oneAtATime.lock();
        try {
            settle();
            return gate.write(() -> {
                var changed = Optional.ofNullable(transaction.execute(status -> {
                            // The tails and whoever takes imports back wait here, and go by the new rule.
                            profiles.lastMerge();
                            var made = insert(name, ranked);
                            tellUnsourced(made);
                            for (var choice : List.of(Choice.TRAITS, Choice.FIELDS))
                                choice.choose(jdbc, "t.%s = :name".formatted(choice.name()))
                                        .param("name", name)
                                        .update();
                            audit.record(action, "trait " + name, words);
                            return made;
                        }))
                        .orElseThrow();
                tell(changed);
                return changed;
            });
        } finally {
            oneAtATime.unlock();
        }
    }

    private Version insert(String name, List<Integer> ranked) {
        return jdbc.sql("""
                        insert into trait_rules (trait, sources, changed_at, changed_by)
                        values (:trait, cast(:sources as int[]), cast(:at as timestamptz), :by) returning *
                        """)
                .param("trait", name)
                .param("sources", ProfileStore.ints(ranked, id -> id))
                .param("at", clock.instant().toString())
                .param("by", Caller.current().name())
                .query((row, n) -> version(row))
                .single();
    }

    /** What the history has without the source is told with it: only of such words can it say by which rank they go. */
    private void tellUnsourced(Version version) {
        var from = new CustomerId(Long.MIN_VALUE);
        for (int page = 0; ; page++) {
            var some = profiles.tellUnsourced(version.trait(), from, AT_ONCE);
            tail.append("trait-rule:%d:%d".formatted(version.version(), page), some);
            if (some.size() < AT_ONCE) return;
            for (var one : some)
                if (one.series().identity().value() > from.value())
                    from = one.series().identity();
        }
    }

    /** Tells the history of versions it does not know: of one whose telling a crash or a fault prevented. */
    private void settle() {
        var told = new HashSet<>(
                warehouse.query(Sql.of("select distinct version from trait_rules"), row -> row.longValue("version")));
        var untold =
                jdbc.sql("select * from trait_rules order by version").query((row, n) -> version(row)).list().stream()
                        .filter(version -> !told.contains(version.version()))
                        .toList();
        for (var version : untold) gate.write(() -> tell(version));
    }

    private void tell(Version version) {
        warehouse.append("trait_rules", "trait-rule:" + version.version(), Rows.written(rows -> {
            if (version.sources().isEmpty())
                rows.value(version.version())
                        .value(version.trait())
                        .missing()
                        .missing()
                        .value(version.changedAt())
                        .end();
            for (int i = 0; i < version.sources().size(); i++)
                rows.value(version.version())
                        .value(version.trait())
                        .value((int) version.sources().get(i))
                        .value(i + 1)
                        .value(version.changedAt())
                        .end();
        }));
    }

    private static Version version(ResultSet row) throws SQLException {
        return new Version(
                row.getString("trait"),
                row.getLong("version"),
                Arrays.asList((Integer[]) row.getArray("sources").getArray()),
                ProfileStore.instant(row, "changed_at"),
                row.getString("changed_by"));
    }
}
