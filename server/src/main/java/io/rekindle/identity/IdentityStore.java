package io.rekindle.identity;

import io.rekindle.collect.Identifier;
import io.rekindle.common.CustomerId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;

/** The tables of identifiers, merges and conflicts: a whole batch per statement. */
@Component
class IdentityStore {
    private static final Map<String, Identifier.Type> TYPES = Arrays.stream(Identifier.Type.values())
            .collect(Collectors.toMap(Identifier.Type::code, Function.identity()));

    private final JdbcClient jdbc;

    IdentityStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Every identifier of every customer that has one of {@code ids}. */
    List<KnownIdentifier> customersOf(Long[] ids) {
        return jdbc.sql("""
                        select id, type, customer_id, first_seen, linked_at from identifiers
                        where customer_id in (select customer_id from identifiers where id = any (:ids))
                        order by id
                        """)
                .param("ids", new SqlArrayValue("bigint", (Object[]) ids))
                .query(IdentityStore::known)
                .list();
    }

    void store(Matching matching) {
        storeIdentifiers(matching.toStore());
        storeMerges(matching.losses());
        storeConflicts(matching.conflicts());
    }

    private void storeIdentifiers(List<KnownIdentifier> identifiers) {
        if (identifiers.isEmpty()) return;
        jdbc.sql("""
                        insert into identifiers (id, type, customer_id, first_seen, linked_at)
                        select * from unnest(:ids, :types, :customers, :firstSeen, :linkedAt)
                        on conflict (id) do update set customer_id = excluded.customer_id,
                            first_seen = least(identifiers.first_seen, excluded.first_seen), linked_at = excluded.linked_at
                        """)
                .param("ids", longs(identifiers, k -> k.identifier().id().value()))
                .param("types", texts(identifiers, k -> k.identifier().type().code()))
                .param("customers", longs(identifiers, k -> k.customer().value()))
                .param("firstSeen", times(identifiers, KnownIdentifier::firstSeen))
                .param("linkedAt", times(identifiers, KnownIdentifier::linkedAt))
                .update();
    }

    private void storeMerges(List<Matching.Loss> losses) {
        if (losses.isEmpty()) return;
        jdbc.sql("""
                        insert into identity_merges (loser, winner, merged_at, seq)
                        select l, w, a, s from unnest(:losers, :winners, :at, :seq) with ordinality as m (l, w, a, s, place)
                        order by place
                        """)
                .param("losers", longs(losses, l -> l.loser().value()))
                .param("winners", longs(losses, l -> l.winner().value()))
                .param("at", times(losses, Matching.Loss::at))
                .param("seq", longs(losses, Matching.Loss::seq))
                .update();
    }

    private void storeConflicts(List<Conflict> conflicts) {
        if (conflicts.isEmpty()) return;
        jdbc.sql("""
                        insert into identity_conflicts
                            (identifier_id, type, customer_id, refused_customer_id, reason, first_at, last_at, times)
                        select * from unnest(:ids, :types, :customers, :refused, :reasons, :firstAt, :lastAt, :times)
                        on conflict (identifier_id, refused_customer_id, reason) do update set
                            customer_id = excluded.customer_id, last_at = excluded.last_at,
                            times = identity_conflicts.times + excluded.times
                        """)
                .param("ids", longs(conflicts, c -> c.identifier().id().value()))
                .param("types", texts(conflicts, c -> c.identifier().type().code()))
                .param("customers", longs(conflicts, c -> c.customer().value()))
                .param("refused", longs(conflicts, c -> c.refused().value()))
                .param("reasons", texts(conflicts, c -> c.reason().code()))
                .param("firstAt", times(conflicts, Conflict::firstAt))
                .param("lastAt", times(conflicts, Conflict::lastAt))
                .param("times", longs(conflicts, Conflict::times))
                .update();
    }

    static KnownIdentifier known(ResultSet row, int number) throws SQLException {
        return new KnownIdentifier(
                new Identifier(type(row.getString("type")), new CustomerId(row.getLong("id"))),
                new CustomerId(row.getLong("customer_id")),
                instant(row, "first_seen"),
                instant(row, "linked_at"));
    }

    static Identifier.Type type(String code) {
        var type = TYPES.get(code);
        if (type == null) throw new IllegalStateException("there is no identifier type '%s'".formatted(code));
        return type;
    }

    static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static <T> SqlArrayValue longs(List<T> rows, Function<T, Long> column) {
        return new SqlArrayValue("bigint", rows.stream().map(column).toArray());
    }

    private static <T> SqlArrayValue texts(List<T> rows, Function<T, String> column) {
        return new SqlArrayValue("text", rows.stream().map(column).toArray());
    }

    private static <T> SqlArrayValue times(List<T> rows, Function<T, Instant> column) {
        return new SqlArrayValue(
                "timestamptz", rows.stream().map(column).map(Instant::toString).toArray());
    }
}
