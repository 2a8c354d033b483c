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
import java.util.List;
import java.util.Map;
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

    /** Folds trait facts into what stands, and gives the turns for the history. */
    List<Facts.Turn<JsonNode>> store(Facts<JsonNode> facts) {
        if (facts.isEmpty()) return List.of();
        var outcome = facts.over(
                traitsOf(facts.about().stream().map(About::customer).distinct().toList()));
        var standing = outcome.standing();
        jdbc.sql("""
                        insert into traits (customer_id, trait, value, set_at, seq, source_id)
                        select c, t, v::jsonb, a, q, s from unnest(:customers, :traits, :values, :at, :seq, :sources)
                            as f (c, t, v, a, q, s)
                        on conflict (customer_id, trait) do update set value = excluded.value, set_at = excluded.set_at,
                            seq = excluded.seq, source_id = excluded.source_id
                        """)
                .param("customers", longs(standing, s -> s.about().customer().value()))
                .param("traits", texts(standing, s -> s.about().name()))
                .param("values", texts(standing, s -> s.fact().value().toString()))
                .param("at", times(standing, s -> s.fact().at()))
                .param("seq", longs(standing, s -> s.fact().seq()))
                .param(
                        "sources",
                        new SqlArrayValue(
                                "int",
                                standing.stream().map(s -> s.fact().source()).toArray()))
                .update();
        return outcome.turns();
    }

    Map<About, Fact<JsonNode>> traitsOf(Collection<CustomerId> customers) {
        var found = new HashMap<About, Fact<JsonNode>>();
        jdbc.sql("""
                        select customer_id, trait, value::text as value, set_at, seq, source_id from traits
                        where customer_id = any (:customers)
                        """)
                .param("customers", longs(List.copyOf(customers), CustomerId::value))
                .query(row -> {
                    found.put(
                            new About(new CustomerId(row.getLong("customer_id")), row.getString("trait")),
                            new Fact<>(
                                    json.readTree(row.getString("value")),
                                    instant(row, "set_at"),
                                    row.getLong("seq"),
                                    row.getInt("source_id")));
                });
        return found;
    }

    long lastMerge() {
        return jdbc.sql("select last_merge from profile_progress")
                .query(Long.class)
                .single();
    }

    void tookMergesUpTo(long number) {
        jdbc.sql("update profile_progress set last_merge = :number")
                .param("number", number)
                .update();
    }

    /** Moves what is not personal from losers to winners; what was said last stands. */
    void move(Map<CustomerId, CustomerId> winners) {
        var moves = List.copyOf(winners.entrySet());
        var from = longs(moves, m -> m.getKey().value());
        var to = longs(moves, m -> m.getValue().value());
        for (var statement : List.of("""
                insert into customers (customer_id, first_seen, last_seen, known)
                select m.winner, min(c.first_seen), max(c.last_seen), bool_or(c.known)
                from unnest(:from, :to) as m (loser, winner) join customers c on c.customer_id = m.loser group by m.winner
                on conflict (customer_id) do update set
                    first_seen = least(customers.first_seen, excluded.first_seen),
                    last_seen = greatest(customers.last_seen, excluded.last_seen),
                    known = customers.known or excluded.known
                """, """
                insert into traits (customer_id, trait, value, set_at, seq, source_id)
                select distinct on (m.winner, t.trait) m.winner, t.trait, t.value, t.set_at, t.seq, t.source_id
                from unnest(:from, :to) as m (loser, winner) join traits t on t.customer_id = m.loser
                order by m.winner, t.trait, t.set_at desc, t.seq desc
                on conflict (customer_id, trait) do update set value = excluded.value, set_at = excluded.set_at,
                    seq = excluded.seq, source_id = excluded.source_id
                where (excluded.set_at, excluded.seq) > (traits.set_at, traits.seq)
                """))
            jdbc.sql(statement).param("from", from).param("to", to).update();
        for (var statement : List.of(
                "delete from customers where customer_id = any (:from)",
                "delete from traits where customer_id = any (:from)"))
            jdbc.sql(statement).param("from", from).update();
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
