package io.rekindle.profile;

import io.rekindle.common.CustomerId;
import io.rekindle.profile.Facts.About;
import io.rekindle.profile.Facts.Fact;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
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

    /** A row of history under the identity that said so. */
    record Told(CustomerId identity, String trait, Fact<JsonNode> fact) {}

    private record Row(About about, CustomerId person, Fact<JsonNode> fact) {}

    /**
     * Folds trait facts, said by identities, into what stands, and gives the rows of the history: where an identity's own
     * value turned, and where the person's did.
     *
     * @param people whose each identity is
     */
    List<Told> store(Facts<JsonNode> facts, Map<CustomerId, CustomerId> people) {
        if (facts.isEmpty()) return List.of();
        var persons = facts.about().stream()
                .map(a -> people.getOrDefault(a.customer(), a.customer()))
                .distinct()
                .toList();
        var before = rowsOf(persons);
        var byIdentity = new HashMap<About, Fact<JsonNode>>();
        var whose = new HashMap<>(people);
        before.forEach(row -> {
            byIdentity.put(row.about(), row.fact());
            whose.put(row.about().customer(), row.person());
        });
        var outcome = facts.over(byIdentity);
        store(outcome.standing(), whose);
        var told = new LinkedHashSet<Told>();
        for (var turn : outcome.turns())
            told.add(new Told(turn.about().customer(), turn.about().name(), turn.fact()));
        var mixed = mixed(facts.about(), byIdentity.keySet(), whose);
        if (!mixed.isEmpty()) {
            setStanding(mixed);
            var saidBy = new HashMap<Fact<JsonNode>, About>();
            byIdentity.forEach((about, fact) -> saidBy.put(fact, about));
            facts.forEach((about, fact) -> saidBy.put(fact, about));
            var theirs = facts.of(whose, mixed);
            for (var turn : theirs.over(Facts.standing(byIdentity, whose)).turns()) {
                var by = saidBy.getOrDefault(turn.fact(), turn.about());
                told.add(new Told(by.customer(), turn.about().name(), turn.fact()));
            }
        }
        return List.copyOf(told);
    }

    /** People of whom more than one identity, or an import besides, has said something. */
    static Set<CustomerId> mixed(Collection<About> some, Collection<About> others, Map<CustomerId, CustomerId> people) {
        record By(CustomerId identity, long importId) {}
        var one = new HashMap<CustomerId, By>();
        var mixed = new HashSet<CustomerId>();
        for (var abouts : List.of(some, others))
            for (var about : abouts) {
                var person = people.getOrDefault(about.customer(), about.customer());
                var by = new By(about.customer(), about.importId());
                var first = one.putIfAbsent(person, by);
                if (first != null && !first.equals(by)) mixed.add(person);
            }
        return mixed;
    }

    private void store(List<Facts.Standing<JsonNode>> standing, Map<CustomerId, CustomerId> people) {
        jdbc.sql("""
                        insert into traits (customer_id, identity_id, trait, import_id, value, set_at, seq, source_id)
                        select c, i, t, m, v::jsonb, a, q, s
                        from unnest(:customers, :identities, :traits, :imports, :values, :at, :seq, :sources)
                            as f (c, i, t, m, v, a, q, s)
                        on conflict (identity_id, trait, import_id) do update set value = excluded.value, set_at = excluded.set_at,
                            seq = excluded.seq, source_id = excluded.source_id
                        """)
                .param(
                        "customers",
                        longs(
                                standing,
                                s -> people.getOrDefault(
                                                s.about().customer(), s.about().customer())
                                        .value()))
                .param("identities", longs(standing, s -> s.about().customer().value()))
                .param("traits", texts(standing, s -> s.about().name()))
                .param("imports", longs(standing, s -> s.about().importId()))
                .param("values", texts(standing, s -> s.fact().value().toString()))
                .param("at", times(standing, s -> s.fact().at()))
                .param("seq", longs(standing, s -> s.fact().seq()))
                .param(
                        "sources",
                        new SqlArrayValue(
                                "int",
                                standing.stream().map(s -> s.fact().source()).toArray()))
                .update();
    }

    /** What stands of some customers. */
    Map<About, Fact<JsonNode>> traitsOf(Collection<CustomerId> customers) {
        var found = new HashMap<About, Fact<JsonNode>>();
        for (var row : rows(customers, "and standing"))
            found.put(new About(row.person(), row.about().name()), row.fact());
        return found;
    }

    private List<Row> rowsOf(Collection<CustomerId> customers) {
        return rows(customers, "");
    }

    private List<Row> rows(Collection<CustomerId> customers, String which) {
        return jdbc.sql("""
                        select customer_id, identity_id, trait, import_id, value::text as value, set_at, seq, source_id from traits
                        where customer_id = any (:customers)
                        """ + which)
                .param("customers", longs(List.copyOf(customers), CustomerId::value))
                .query((row, n) -> new Row(
                        new About(
                                new CustomerId(row.getLong("identity_id")),
                                row.getString("trait"),
                                row.getLong("import_id")),
                        new CustomerId(row.getLong("customer_id")),
                        new Fact<>(
                                json.readTree(row.getString("value")),
                                instant(row, "set_at"),
                                row.getLong("seq"),
                                row.getInt("source_id"))))
                .list();
    }

    private void setStanding(Collection<CustomerId> customers) {
        jdbc.sql("""
                        update traits t set standing = not t.standing
                        from (select identity_id, trait, import_id, row_number() over (
                                  partition by customer_id, trait order by set_at desc, seq desc, identity_id) = 1 as stands
                              from traits where customer_id = any (:customers)) w
                        where w.identity_id = t.identity_id and w.trait = t.trait and w.import_id = t.import_id and w.stands <> t.standing
                        """)
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
        if (!customers.isEmpty()) setStanding(customers);
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

    /** Gives what identities said to those they belong to today. {@code touched}: whoever lost or gained an identity. */
    void regroupTraits(Collection<CustomerId> touched) {
        var customers = longs(List.copyOf(touched), CustomerId::value);
        jdbc.sql("""
                        update traits t set customer_id = a.customer_id from customer_aliases a
                        where t.customer_id = any (:customers) and a.alias_id = t.identity_id and a.customer_id <> t.customer_id
                        """).param("customers", customers).update();
        setStanding(touched);
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

    static <T> SqlArrayValue texts(List<T> rows, Function<T, String> column) {
        return new SqlArrayValue("text", rows.stream().map(column).toArray());
    }

    static <T> SqlArrayValue times(List<T> rows, Function<T, Instant> column) {
        return new SqlArrayValue(
                "timestamptz", rows.stream().map(column).map(Instant::toString).toArray());
    }
}
