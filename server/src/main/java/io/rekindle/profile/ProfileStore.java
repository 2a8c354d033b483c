package io.rekindle.profile;

import io.rekindle.common.CustomerId;
import io.rekindle.platform.Questions;
import io.rekindle.profile.Facts.Fact;
import io.rekindle.profile.Facts.Series;
import io.rekindle.profile.Telling.Known;
import io.rekindle.profile.Telling.Last;
import io.rekindle.profile.Telling.Told;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The tables of customers and traits: a whole batch per statement. */
@Component
class ProfileStore {
    private static final String WORDS = """
            select customer_id, identity_id, trait, source_id, import_id, value::text as value, set_at, seq, told, standing
            from traits where
            """;

    private final JdbcClient jdbc;
    private final JsonMapper json;

    ProfileStore(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    /** A customer as one batch saw them. */
    record Seen(CustomerId customer, Instant first, Instant last, boolean known) {}

    void store(List<Seen> customers) {
        if (customers.isEmpty()) return;
        jdbc.sql("""
                        insert into customers (customer_id, first_seen, last_seen, known)
                        select * from unnest(:customers, :first, :last, :known)
                        on conflict (customer_id) do update set
                            first_seen = least(customers.first_seen, excluded.first_seen),
                            last_seen = greatest(customers.last_seen, excluded.last_seen),
                            known = customers.known or excluded.known
                        """)
                .param("customers", longs(customers, s -> s.customer().value()))
                .param("first", times(customers, Seen::first))
                .param("last", times(customers, Seen::last))
                .param(
                        "known",
                        new SqlArrayValue(
                                "boolean", customers.stream().map(Seen::known).toArray()))
                .update();
    }

    /** What a series says of a person, and whether it is what stands of them. */
    record Word(CustomerId person, Series series, Fact<JsonNode> fact, Known known, boolean stands) {}

    /**
     * Folds trait facts into what their series say, lets the rules choose what stands, and gives the rows of the history.
     *
     * @param people whose each identity is
     */
    List<Told<JsonNode>> store(Facts<JsonNode> facts, Map<CustomerId, CustomerId> people) {
        if (facts.isEmpty()) return List.of();
        var whose = new HashMap<CustomerId, CustomerId>();
        var before = new HashMap<Series, Last<JsonNode>>();
        for (var word : wordsOf(facts.identities(), people)) {
            before.put(word.series(), new Last<>(word.fact(), word.known()));
            whose.put(word.series().identity(), word.person());
        }
        whose.putAll(people);
        var telling = new Telling<>(before, whose);
        telling.take(facts);
        store(telling.changed(), whose);
        choose(telling.contested());
        return telling.told();
    }

    private void store(Map<Series, Last<JsonNode>> changed, Map<CustomerId, CustomerId> people) {
        var rows = List.copyOf(changed.entrySet());
        jdbc.sql("""
                        insert into traits (customer_id, identity_id, trait, source_id, import_id, value, set_at, seq, told)
                        select c, i, t, s, m, v::jsonb, a, q, k
                        from unnest(:customers, :identities, :traits, :sources, :imports, :values, :at, :seq, :told)
                            as f (c, i, t, s, m, v, a, q, k)
                        on conflict (identity_id, trait, source_id, import_id) do update set customer_id = excluded.customer_id, value = excluded.value,
                            set_at = excluded.set_at, seq = excluded.seq, told = excluded.told
                        """)
                .param(
                        "customers",
                        longs(
                                rows,
                                r -> people.getOrDefault(
                                                r.getKey().identity(),
                                                r.getKey().identity())
                                        .value()))
                .param("identities", longs(rows, r -> r.getKey().identity().value()))
                .param("traits", texts(rows, r -> r.getKey().name()))
                .param("sources", ints(rows, r -> r.getKey().source()))
                .param("imports", longs(rows, r -> r.getKey().importId()))
                .param("values", texts(rows, r -> r.getValue().fact().value().toString()))
                .param("at", times(rows, r -> r.getValue().fact().at()))
                .param("seq", longs(rows, r -> r.getValue().fact().seq()))
                .param(
                        "told",
                        new SqlArrayValue(
                                "boolean",
                                rows.stream()
                                        .map(r -> r.getValue().known() == Known.TOLD)
                                        .toArray()))
                .update();
    }

    private static Known known(ResultSet row) throws SQLException {
        boolean told = row.getBoolean("told");
        return row.wasNull() ? Known.UNSOURCED : told ? Known.TOLD : Known.REPEATED;
    }

    /** What stands of some customers, by name. */
    Map<CustomerId, Map<String, Fact<JsonNode>>> traitsOf(Collection<CustomerId> customers) {
        var found = new HashMap<CustomerId, Map<String, Fact<JsonNode>>>();
        jdbc.sql(WORDS + "customer_id = any (:customers) and standing")
                .param("customers", longs(List.copyOf(customers), CustomerId::value))
                .query(this::word)
                .list()
                .forEach(word -> found.computeIfAbsent(word.person(), c -> new HashMap<>())
                        .put(word.series().name(), word.fact()));
        return found;
    }

    /** The question for everything said of a customer. */
    Questions.Question<Word> words(CustomerId customer) {
        // By equality: a question by an array PostgreSQL plans anew each time.
        return new Questions.Question<>(
                WORDS + "customer_id = :customer", Map.of("customer", customer.value()), this::word);
    }

    /** Everything said of the people some identities belong to: by today's map, or as it was when they were last seen. */
    private List<Word> wordsOf(Collection<CustomerId> identities, Map<CustomerId, CustomerId> people) {
        var persons = identities.stream()
                .map(identity -> people.getOrDefault(identity, identity))
                .distinct()
                .toList();
        return jdbc.sql(WORDS + "customer_id = any (:customers) or identity_id = any (:identities)")
                .param("customers", longs(persons, CustomerId::value))
                .param("identities", longs(List.copyOf(identities), CustomerId::value))
                .query(this::word)
                .list();
    }

    private Word word(ResultSet row, int number) throws SQLException {
        return new Word(
                new CustomerId(row.getLong("customer_id")),
                series(row),
                fact(row),
                known(row),
                row.getBoolean("standing"));
    }

    private static Series series(ResultSet row) throws SQLException {
        return new Series(
                new CustomerId(row.getLong("identity_id")),
                row.getString("trait"),
                row.getInt("source_id"),
                row.getLong("import_id"));
    }

    private Fact<JsonNode> fact(ResultSet row) throws SQLException {
        return new Fact<>(json.readTree(row.getString("value")), instant(row, "set_at"), row.getLong("seq"));
    }

    /** Chooses anew what stands, by the rules. */
    private void choose(Map<CustomerId, Set<String>> contested) {
        if (contested.isEmpty()) return;
        var pairs = contested.entrySet().stream()
                .flatMap(one -> one.getValue().stream().map(name -> Map.entry(one.getKey(), name)))
                .toList();
        Choice.TRAITS
                .choose(
                        jdbc,
                        "t.customer_id = any (:customers) and (t.customer_id, t.trait) in (select * from unnest(:customers, :names))")
                .param("customers", longs(pairs, pair -> pair.getKey().value()))
                .param("names", texts(pairs, Map.Entry::getValue))
                .update();
    }

    private void choose(Collection<CustomerId> customers) {
        Choice.TRAITS
                .choose(jdbc, "t.customer_id = any (:customers)")
                .param("customers", longs(List.copyOf(customers), CustomerId::value))
                .update();
    }

    /** Takes back what imports said; whose traits these were. */
    Set<CustomerId> takeBack(Collection<Long> imports) {
        var customers = new HashSet<>(jdbc.sql(
                        "with gone as (delete from traits where import_id = any (:imports) returning customer_id) select distinct customer_id from gone")
                .param("imports", longs(List.copyOf(imports), id -> id))
                .query((row, n) -> new CustomerId(row.getLong("customer_id")))
                .list());
        if (!customers.isEmpty()) choose(customers);
        return customers;
    }

    /** Whoever changes what is kept takes turns by this row. */
    long lastMerge() {
        return jdbc.sql("select last_merge from profile_progress for update")
                .query(Long.class)
                .single();
    }

    void tookMergesUpTo(long number) {
        jdbc.sql("update profile_progress set last_merge = :number")
                .param("number", number)
                .update();
    }

    /**
     * Gives what identities said to those they belong to today.
     *
     * @param touched whoever lost or gained an identity
     * @return what the history is to be told now that several series speak of one person
     */
    List<Told<JsonNode>> regroupTraits(Collection<CustomerId> touched) {
        var customers = longs(List.copyOf(touched), CustomerId::value);
        jdbc.sql("""
                        update traits t set customer_id = a.customer_id from customer_aliases a
                        where t.customer_id = any (:customers) and a.alias_id = t.identity_id and a.customer_id <> t.customer_id
                        """).param("customers", customers).update();
        choose(touched);
        return jdbc.sql("""
                        update traits t set told = true
                        from (select customer_id, trait from traits where customer_id = any (:customers)
                              group by customer_id, trait having count(*) > 1) several
                        where t.customer_id = several.customer_id and t.trait = several.trait and t.told is not true
                        returning t.identity_id, t.trait, t.source_id, t.import_id, t.value::text as value, t.set_at, t.seq
                        """)
                .param("customers", customers)
                .query((row, n) -> new Told<>(series(row), fact(row)))
                .list();
    }

    /**
     * Words the history has without their source, if at all, in the order of identities; they count as told from now on.
     *
     * @param from the identity to go on with
     */
    List<Told<JsonNode>> tellUnsourced(String trait, CustomerId from, int many) {
        return jdbc.sql("""
                        update traits t set told = true
                        from (select identity_id, source_id, import_id from traits
                              where trait = :trait and told is null and identity_id >= :from
                              order by identity_id limit :many) page
                        where t.trait = :trait and t.identity_id = page.identity_id and t.source_id = page.source_id and t.import_id = page.import_id
                        returning t.identity_id, t.trait, t.source_id, t.import_id, t.value::text as value, t.set_at, t.seq
                        """)
                .param("trait", trait)
                .param("from", from.value())
                .param("many", many)
                .query((row, n) -> new Told<>(series(row), fact(row)))
                .list();
    }

    /** Joins the times of losers to the winners'. */
    void move(Map<CustomerId, CustomerId> winners) {
        var moves = List.copyOf(winners.entrySet());
        var from = longs(moves, m -> m.getKey().value());
        jdbc.sql("""
                        insert into customers (customer_id, first_seen, last_seen, known)
                        select m.winner, min(c.first_seen), max(c.last_seen), bool_or(c.known)
                        from unnest(:from, :to) as m (loser, winner) join customers c on c.customer_id = m.loser group by m.winner
                        on conflict (customer_id) do update set
                            first_seen = least(customers.first_seen, excluded.first_seen),
                            last_seen = greatest(customers.last_seen, excluded.last_seen),
                            known = customers.known or excluded.known
                        """)
                .param("from", from)
                .param("to", longs(moves, m -> m.getValue().value()))
                .update();
        jdbc.sql("delete from customers where customer_id = any (:from)")
                .param("from", from)
                .update();
    }

    /** Replaces what was seen of customers; whoever is not among {@code seen} has no event any more. */
    void replace(Collection<CustomerId> touched, List<Seen> seen) {
        jdbc.sql("delete from customers where customer_id = any (:touched)")
                .param("touched", longs(List.copyOf(touched), CustomerId::value))
                .update();
        store(seen);
    }

    static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    static OffsetDateTime utc(Instant at) {
        return OffsetDateTime.ofInstant(at, ZoneOffset.UTC);
    }

    static <T> SqlArrayValue longs(List<T> rows, Function<T, Long> column) {
        return new SqlArrayValue("bigint", rows.stream().map(column).toArray());
    }

    static <T> SqlArrayValue ints(List<T> rows, Function<T, Integer> column) {
        return new SqlArrayValue("int", rows.stream().map(column).toArray());
    }

    static <T> SqlArrayValue texts(List<T> rows, Function<T, String> column) {
        return new SqlArrayValue("text", rows.stream().map(column).toArray());
    }

    static <T> SqlArrayValue times(List<T> rows, Function<T, Instant> column) {
        return new SqlArrayValue(
                "timestamptz", rows.stream().map(column).map(Instant::toString).toArray());
    }
}
