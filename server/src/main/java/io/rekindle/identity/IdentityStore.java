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
import org.jspecify.annotations.Nullable;
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
                        select id, type, customer_id, first_seen, linked_at, claims, shared_since from identifiers
                        where customer_id in (select customer_id from identifiers where id = any (:ids))
                        order by id
                        """)
                .param("ids", new SqlArrayValue("bigint", (Object[]) ids))
                .query(IdentityStore::known)
                .list();
    }

    /** Pairs of identifiers that must stay apart, where one of them is among {@code ids}. */
    List<Matching.Separation> separationsOf(Long[] ids) {
        return jdbc.sql("""
                        select left_id, right_id, since, seq from identity_separations
                        where left_id = any (:ids) or right_id = any (:ids) order by left_id, right_id
                        """)
                .param("ids", new SqlArrayValue("bigint", (Object[]) ids))
                .query((row, n) -> new Matching.Separation(
                        row.getLong("left_id"), row.getLong("right_id"), instant(row, "since"), row.getLong("seq")))
                .list();
    }

    /** Customers that were refused one of these identifiers. */
    List<Matching.Refused> refusedOf(Long[] ids) {
        return jdbc.sql("""
                        select distinct identifier_id, refused_customer_id from identity_conflicts
                        where identifier_id = any (:ids) and reason <> 'separated'
                        """)
                .param("ids", new SqlArrayValue("bigint", (Object[]) ids))
                .query((row, n) -> new Matching.Refused(
                        new CustomerId(row.getLong("identifier_id")),
                        new CustomerId(row.getLong("refused_customer_id"))))
                .list();
    }

    /** The links that hold among these identifiers. */
    List<Link> linksOf(Long[] ids) {
        return jdbc.sql("select " + LINK
                        + " from identity_links where undone_seq is null and left_id = any (:ids) order by id")
                .param("ids", new SqlArrayValue("bigint", (Object[]) ids))
                .query(IdentityStore::link)
                .list();
    }

    /** The links that hold of customers among these identifiers who are held together by more than events. */
    List<Link> linksOfUncertain(Long[] ids) {
        return jdbc.sql("select " + LINK + """
                         from identity_links where undone_seq is null and left_id in (
                            select m.id from identifiers m join identifiers i on i.customer_id = m.customer_id
                            join identity_links u on u.left_id = i.id
                            where i.id = any (:ids) and u.undone_seq is null and u.rule in ('probable_match', 'by_hand'))
                        order by id
                        """)
                .param("ids", new SqlArrayValue("bigint", (Object[]) ids))
                .query(IdentityStore::link)
                .list();
    }

    static final String LINK =
            "id, left_id, left_type, right_id, right_type, rule, score, seq, linked_at, winner, loser, merged, undone_at";

    static Link link(ResultSet row, int number) throws SQLException {
        double score = row.getDouble("score");
        boolean certain = row.wasNull();
        return new Link(
                row.getLong("id"),
                new Identifier(type(row.getString("left_type")), new CustomerId(row.getLong("left_id"))),
                new Identifier(type(row.getString("right_type")), new CustomerId(row.getLong("right_id"))),
                Link.Rule.of(row.getString("rule")),
                certain ? null : score,
                row.getLong("seq"),
                instant(row, "linked_at"),
                new CustomerId(row.getLong("winner")),
                new CustomerId(row.getLong("loser")),
                row.getBoolean("merged"),
                optional(row, "undone_at"));
    }

    void store(Matching matching) {
        storeIdentifiers(matching.toStore());
        storeMoves(matching.moves());
        storeConflicts(matching.conflicts());
        storeLinks(matching.newEdges());
        undoLinks(matching.undoneEdges());
        storeSeparations(matching);
    }

    private void storeLinks(List<Matching.Edge> edges) {
        if (edges.isEmpty()) return;
        var links = edges.stream().map(Matching.Edge::link).toList();
        jdbc.sql("""
                        insert into identity_links (left_id, left_type, right_id, right_type, rule, score, request_id, seq,
                            linked_at, winner, loser, merged, undone_seq, undone_at, undone_request_id)
                        select l, lt, r, rt, u, nullif(c, -1), nullif(q, 0), s, a, w, o, m, nullif(us, 0),
                            nullif(ua, '')::timestamptz, nullif(ur, 0)
                        from unnest(:lefts, :leftTypes, :rights, :rightTypes, :rules, :scores, :requests, :seq, :at,
                                :winners, :losers, :merged, :undoneSeq, :undoneAt, :undoneBy) with ordinality
                            as e (l, lt, r, rt, u, c, q, s, a, w, o, m, us, ua, ur, place)
                        order by place
                        """)
                .param("lefts", longs(links, l -> l.left().id().value()))
                .param("leftTypes", texts(links, l -> l.left().type().code()))
                .param("rights", longs(links, l -> l.right().id().value()))
                .param("rightTypes", texts(links, l -> l.right().type().code()))
                .param("rules", texts(links, l -> l.rule().code()))
                .param(
                        "scores",
                        new SqlArrayValue(
                                "double precision",
                                links.stream()
                                        .map(l -> l.score() == null ? -1.0 : l.score())
                                        .toArray()))
                .param("requests", longs(edges, e -> e.request() == null ? 0L : e.request()))
                .param("seq", longs(links, Link::seq))
                .param("at", times(links, Link::at))
                .param("winners", longs(links, l -> l.winner().value()))
                .param("losers", longs(links, l -> l.loser().value()))
                .param(
                        "merged",
                        new SqlArrayValue(
                                "boolean", links.stream().map(Link::merged).toArray()))
                .param(
                        "undoneSeq",
                        longs(
                                edges,
                                e -> e.undoneBy() == null ? 0L : e.undoneBy().seq()))
                .param(
                        "undoneAt",
                        texts(
                                edges,
                                e -> e.undoneBy() == null
                                        ? ""
                                        : e.undoneBy().at().toString()))
                .param("undoneBy", longs(edges, IdentityStore::undoneBy))
                .update();
    }

    private static Long undoneBy(Matching.Edge edge) {
        var by = edge.undoneBy();
        var request = by == null ? null : by.request();
        return request == null ? 0L : request;
    }

    private void undoLinks(List<Matching.Edge> edges) {
        if (edges.isEmpty()) return;
        jdbc.sql("""
                        update identity_links l set undone_seq = u.s, undone_at = u.a, undone_request_id = nullif(u.q, 0)
                        from unnest(:numbers, :seq, :at, :requests) as u (n, s, a, q) where l.id = u.n
                        """)
                .param("numbers", longs(edges, Matching.Edge::number))
                .param(
                        "seq",
                        longs(
                                edges,
                                e -> java.util.Objects.requireNonNull(e.undoneBy())
                                        .seq()))
                .param(
                        "at",
                        times(
                                edges,
                                e -> java.util.Objects.requireNonNull(e.undoneBy())
                                        .at()))
                .param("requests", longs(edges, IdentityStore::undoneBy))
                .update();
    }

    private void storeSeparations(Matching matching) {
        var lifted = matching.liftedSeparations();
        if (!lifted.isEmpty())
            jdbc.sql("""
                            delete from identity_separations s using unnest(:lefts, :rights) as x (l, r)
                            where s.left_id = x.l and s.right_id = x.r
                            """)
                    .param("lefts", longs(lifted, Matching.Separation::left))
                    .param("rights", longs(lifted, Matching.Separation::right))
                    .update();
        var made = matching.newSeparations();
        if (made.isEmpty()) return;
        jdbc.sql("""
                        insert into identity_separations (left_id, right_id, since, seq)
                        select * from unnest(:lefts, :rights, :since, :seq) on conflict (left_id, right_id) do nothing
                        """)
                .param("lefts", longs(made, Matching.Separation::left))
                .param("rights", longs(made, Matching.Separation::right))
                .param("since", times(made, Matching.Separation::at))
                .param("seq", longs(made, Matching.Separation::seq))
                .update();
    }

    private void storeIdentifiers(List<KnownIdentifier> identifiers) {
        if (identifiers.isEmpty()) return;
        jdbc.sql("""
                        insert into identifiers (id, type, customer_id, first_seen, linked_at, claims, shared_since)
                        select i, t, c, f, l, n, nullif(s, '')::timestamptz
                        from unnest(:ids, :types, :customers, :firstSeen, :linkedAt, :claims, :shared)
                            as x (i, t, c, f, l, n, s)
                        on conflict (id) do update set customer_id = excluded.customer_id,
                            first_seen = least(identifiers.first_seen, excluded.first_seen),
                            linked_at = excluded.linked_at, claims = excluded.claims, shared_since = excluded.shared_since
                        """)
                .param("ids", longs(identifiers, k -> k.identifier().id().value()))
                .param("types", texts(identifiers, k -> k.identifier().type().code()))
                .param("customers", longs(identifiers, k -> k.customer().value()))
                .param("firstSeen", times(identifiers, KnownIdentifier::firstSeen))
                .param("linkedAt", times(identifiers, KnownIdentifier::linkedAt))
                .param(
                        "claims",
                        new SqlArrayValue(
                                "int",
                                identifiers.stream()
                                        .map(KnownIdentifier::claims)
                                        .toArray()))
                .param(
                        "shared",
                        texts(
                                identifiers,
                                k -> k.sharedSince() == null
                                        ? ""
                                        : k.sharedSince().toString()))
                .update();
    }

    private void storeMoves(List<Matching.Move> moves) {
        if (moves.isEmpty()) return;
        jdbc.sql("""
                        insert into identity_merges (loser, winner, merged_at, seq, split)
                        select l, w, a, s, t from unnest(:from, :to, :at, :seq, :split) with ordinality as m (l, w, a, s, t, place)
                        order by place
                        """)
                .param("from", longs(moves, m -> m.from().value()))
                .param("to", longs(moves, m -> m.to().value()))
                .param("at", times(moves, Matching.Move::at))
                .param("seq", longs(moves, Matching.Move::seq))
                .param(
                        "split",
                        new SqlArrayValue(
                                "boolean",
                                moves.stream().map(Matching.Move::split).toArray()))
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
                instant(row, "linked_at"),
                row.getInt("claims"),
                optional(row, "shared_since"));
    }

    private static @Nullable Instant optional(ResultSet row, String column) throws SQLException {
        var at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }

    static Identifier.Type type(String code) {
        var type = TYPES.get(code);
        if (type == null) throw new IllegalStateException("there is no identifier type '%s'".formatted(code));
        return type;
    }

    static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    static <T> SqlArrayValue longs(List<T> rows, Function<T, Long> column) {
        return new SqlArrayValue("bigint", rows.stream().map(column).toArray());
    }

    static <T> SqlArrayValue texts(List<T> rows, Function<T, String> column) {
        return new SqlArrayValue("text", rows.stream().map(column).toArray());
    }

    private static <T> SqlArrayValue times(List<T> rows, Function<T, Instant> column) {
        return new SqlArrayValue(
                "timestamptz", rows.stream().map(column).map(Instant::toString).toArray());
    }
}
