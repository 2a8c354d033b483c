package io.rekindle.consent;

import io.rekindle.common.CustomerId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;

/**
 * The tables of consents and suppressions: a whole batch per statement.
 *
 * <p>What was said about writing to a person is of two weights.
 *
 * <ul>
 *   <li><b>Decided</b>: by hand, by a link, by an event that means a change (an unsubscription), and by a statement
 *       ({@code traits.consent}) that says otherwise than the same source said of the same identity before.
 *   <li><b>Plain</b>: a source's first statement of an identity.
 * </ul>
 *
 * A statement that repeats what its source said of that identity before says nothing, and one that is older than the last
 * known of them is not looked at. Of the decided sayings the last stands, of the plain ones too, each by the time it was said,
 * of two at one instant the later in the log, else the withdrawal. Then:
 *
 * <ol>
 *   <li>when a withdrawal is decided, there is no permission, whatever plain statements say before or after it;
 *   <li>when a grant is decided, there is permission, unless a plain statement after it says no;
 *   <li>when nothing is decided, the plain statement holds.
 * </ol>
 *
 * So after a withdrawal only an explicit act or a statement that changed from no to yes grants again: a shop that sends
 * {@code consent: true} with every sign-in must not undo a withdrawal it never heard of, be it the first time that it says
 * so or be it that it says so of another identity of the same person. Merging is taking the later of each weight, which
 * comes to the same whatever is merged first; what a source said before is kept by identity, which no merge changes.
 *
 * <p>A change by hand or by a link comes after everything known, even when the business clock stands still.
 */
@Component
class ConsentStore {
    private final JdbcClient jdbc;

    ConsentStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    record About(CustomerId customer, String purpose, String channel) {}

    /** How something was said. */
    enum Manner {
        /** By an event that means a change, e.g. an unsubscription. */
        ACT,
        /** By a trait, which is repeated as long as it holds. */
        STATEMENT,
        /** By hand or by a link: now. */
        NOW
    }

    /** @param identity whom the source spoke of: the person's id, or one that was merged into it */
    record Change(
            About about, CustomerId identity, boolean granted, String source, Instant at, long seq, Manner manner) {}

    /** A row of history: from when on what was so. {@code identity}: of whom it was said, so under whom it stands. */
    record Turn(About about, CustomerId identity, boolean granted, String source, Instant at, long seq) {
        Turn(About about, boolean granted, String source, Instant at, long seq) {
            this(about, about.customer(), granted, source, at, seq);
        }

        Turn saidOf(CustomerId whom) {
            return new Turn(about, whom, granted, source, at, seq);
        }
    }

    /** A saying that was no repetition, as it is kept. */
    private record Saying(Change change, boolean decides) {}

    private record Identity(CustomerId id, String source, String purpose, String channel) {
        static Identity of(Change change) {
            return new Identity(
                    change.identity(),
                    change.source(),
                    change.about().purpose(),
                    change.about().channel());
        }
    }

    private record Statement(boolean granted, Instant at) {}

    private record Said(boolean granted, String source, Instant at, long seq) {
        boolean isAfter(Said other) {
            int byTime = at.compareTo(other.at);
            if (byTime != 0) return byTime > 0;
            return seq != other.seq ? seq > other.seq : other.granted && !granted;
        }

        static @Nullable Said later(@Nullable Said one, @Nullable Said other) {
            if (one == null) return other;
            return other == null || one.isAfter(other) ? one : other;
        }
    }

    /** @param told the last row of the history; says what holds */
    private record State(@Nullable Said decided, @Nullable Said plain, Said told) {
        Instant last() {
            var last = told.at();
            if (decided != null && decided.at().isAfter(last)) last = decided.at();
            if (plain != null && plain.at().isAfter(last)) last = plain.at();
            return last;
        }
    }

    /** Which saying holds. */
    private static Said holding(@Nullable Said decided, @Nullable Said plain) {
        if (decided == null) {
            if (plain == null) throw new IllegalStateException("nothing was said");
            return plain;
        }
        return decided.granted() && plain != null && !plain.granted() && plain.isAfter(decided) ? plain : decided;
    }

    /** Folds changes, in the order of the log, into what stands; gives the turns for the history. */
    List<Turn> apply(List<Change> changes) {
        if (changes.isEmpty()) return List.of();
        oneAtATime();
        var states =
                load(changes.stream().map(c -> c.about().customer()).distinct().toList());
        var statements = statements(changes);
        var changed = new LinkedHashSet<About>();
        var stated = new LinkedHashSet<Identity>();
        var turns = new ArrayList<Turn>();
        var sayings = new ArrayList<Saying>();
        for (var change : changes) {
            boolean decides = change.manner() != Manner.STATEMENT;
            if (!decides) {
                var identity = Identity.of(change);
                var before = statements.get(identity);
                if (before != null && change.at().isBefore(before.at())) continue;
                statements.put(identity, new Statement(change.granted(), change.at()));
                stated.add(identity);
                if (before != null && before.granted() == change.granted()) continue;
                decides = before != null;
            }
            var told = new ArrayList<Turn>();
            states.put(change.about(), said(states.get(change.about()), change, decides, told));
            for (var turn : told) turns.add(turn.saidOf(change.identity()));
            sayings.add(new Saying(change, decides));
            changed.add(change.about());
        }
        keep(sayings);
        store(changed.stream()
                .map(about -> Map.entry(about, Objects.requireNonNull(states.get(about))))
                .toList());
        remember(stated.stream().toList(), statements);
        return turns;
    }

    /**
     * Whoever folds reads what stands and writes what stands after it; a row that is not there yet cannot be locked, so
     * the tail and the changes by hand take turns at one row that always is.
     */
    void oneAtATime() {
        jdbc.sql("select last_merge from consent_progress for update")
                .query(Long.class)
                .single();
    }

    private static State said(@Nullable State state, Change change, boolean decides, List<Turn> turns) {
        var at = change.at();
        if (state != null && change.manner() == Manner.NOW && !at.isAfter(state.last()))
            at = state.last().plus(1, ChronoUnit.MICROS);
        var said = new Said(change.granted(), change.source(), at, change.seq());
        if (state == null) {
            turns.add(turn(change.about(), said));
            return new State(decides ? said : null, decides ? null : said, said);
        }
        var decided = decides ? Said.later(state.decided(), said) : state.decided();
        var plain = decides ? state.plain() : Said.later(state.plain(), said);
        var holds = holding(decided, plain);
        var told = state.told();
        if (said.isAfter(told)) {
            var now = new Said(holds.granted(), holds.source(), said.at(), said.seq());
            if (now.granted() != told.granted()) turns.add(turn(change.about(), now));
            return new State(decided, plain, now);
        }
        // Heard of late: the history learns what held from then on, and what has held since.
        boolean then = heldThen(state.decided(), said, decides);
        if (then != told.granted()) {
            turns.add(turn(change.about(), new Said(then, said.source(), said.at(), said.seq())));
            if (holds.granted() == told.granted()) turns.add(turn(change.about(), told));
        }
        return new State(decided, plain, corrected(change.about(), holds, told, turns));
    }

    private static boolean heldThen(@Nullable Said decided, Said said, boolean decides) {
        if (decides || decided == null || decided.isAfter(said)) return said.granted();
        return holding(decided, said).granted();
    }

    /** The last row of the history, after one that says what holds was added where the last one says otherwise. */
    private static Said corrected(About about, Said holds, Said told, List<Turn> turns) {
        return holds.granted() == told.granted() ? told : told(about, holds, told, turns);
    }

    private static Said told(About about, Said holds, Said told, List<Turn> turns) {
        var now = new Said(holds.granted(), holds.source(), told.at().plus(1, ChronoUnit.MICROS), told.seq());
        turns.add(turn(about, now));
        return now;
    }

    private static Turn turn(About about, Said said) {
        return new Turn(about, said.granted(), said.source(), said.at(), said.seq());
    }

    private Map<About, State> load(List<CustomerId> customers) {
        var found = new HashMap<About, State>();
        jdbc.sql("""
                        select customer_id, purpose, channel, granted, source, set_at, seq, decided, decided_source, decided_at,
                            decided_seq, plain, plain_source, plain_at, plain_seq
                        from consents where customer_id = any (:customers)
                        """).param("customers", longs(customers, CustomerId::value)).query(row -> {
            found.put(
                    new About(
                            new CustomerId(row.getLong("customer_id")),
                            row.getString("purpose"),
                            row.getString("channel")),
                    new State(
                            weight(row, "decided"),
                            weight(row, "plain"),
                            new Said(
                                    row.getBoolean("granted"),
                                    row.getString("source"),
                                    instant(row, "set_at"),
                                    row.getLong("seq"))));
        });
        return found;
    }

    private static @Nullable Said weight(ResultSet row, String which) throws SQLException {
        boolean granted = row.getBoolean(which);
        if (row.wasNull()) return null;
        return new Said(
                granted, row.getString(which + "_source"), instant(row, which + "_at"), row.getLong(which + "_seq"));
    }

    private void store(List<Map.Entry<About, State>> states) {
        if (states.isEmpty()) return;
        jdbc.sql("""
                        insert into consents (customer_id, purpose, channel, granted, source, set_at, seq, decided,
                            decided_source, decided_at, decided_seq, plain, plain_source, plain_at, plain_seq)
                        select c, p, h, g, s, a, q, nullif(d, '')::boolean, ds, nullif(da, '')::timestamptz, dq,
                            nullif(l, '')::boolean, ls, nullif(la, '')::timestamptz, lq
                        from unnest(:customers, :purposes, :channels, :granted, :sources, :at, :seq, :decided,
                                :decidedSources, :decidedAt, :decidedSeq, :plain, :plainSources, :plainAt, :plainSeq)
                            as x (c, p, h, g, s, a, q, d, ds, da, dq, l, ls, la, lq)
                        on conflict (customer_id, purpose, channel) do update set granted = excluded.granted,
                            source = excluded.source, set_at = excluded.set_at, seq = excluded.seq,
                            decided = excluded.decided, decided_source = excluded.decided_source,
                            decided_at = excluded.decided_at, decided_seq = excluded.decided_seq,
                            plain = excluded.plain, plain_source = excluded.plain_source,
                            plain_at = excluded.plain_at, plain_seq = excluded.plain_seq
                        """)
                .param("customers", longs(states, s -> s.getKey().customer().value()))
                .param("purposes", texts(states, s -> s.getKey().purpose()))
                .param("channels", texts(states, s -> s.getKey().channel()))
                .param("granted", flags(states, s -> s.getValue().told().granted()))
                .param("sources", texts(states, s -> s.getValue().told().source()))
                .param(
                        "at",
                        texts(
                                "timestamptz",
                                states,
                                s -> s.getValue().told().at().toString()))
                .param("seq", longs(states, s -> s.getValue().told().seq()))
                .param("decided", texts(states, s -> given(s.getValue().decided(), Said::granted)))
                .param("decidedSources", texts(states, s -> given(s.getValue().decided(), Said::source)))
                .param("decidedAt", texts(states, s -> given(s.getValue().decided(), Said::at)))
                .param("decidedSeq", longs(states, s -> seq(s.getValue().decided())))
                .param("plain", texts(states, s -> given(s.getValue().plain(), Said::granted)))
                .param("plainSources", texts(states, s -> given(s.getValue().plain(), Said::source)))
                .param("plainAt", texts(states, s -> given(s.getValue().plain(), Said::at)))
                .param("plainSeq", longs(states, s -> seq(s.getValue().plain())))
                .update();
    }

    private static String given(@Nullable Said said, Function<Said, Object> part) {
        return said == null ? "" : part.apply(said).toString();
    }

    private static Long seq(@Nullable Said said) {
        return said == null ? 0 : said.seq();
    }

    /** What the sources of these changes stated of their identities last. */
    private Map<Identity, Statement> statements(List<Change> changes) {
        var found = new HashMap<Identity, Statement>();
        var identities = changes.stream()
                .filter(change -> change.manner() == Manner.STATEMENT)
                .map(Change::identity)
                .distinct()
                .toList();
        if (identities.isEmpty()) return found;
        jdbc.sql("""
                        select identity_id, stated_by, purpose, channel, stated, stated_at from consent_statements
                        where identity_id = any (:identities)
                        """).param("identities", longs(identities, CustomerId::value)).query(row -> {
            found.put(
                    new Identity(
                            new CustomerId(row.getLong("identity_id")),
                            row.getString("stated_by"),
                            row.getString("purpose"),
                            row.getString("channel")),
                    new Statement(row.getBoolean("stated"), instant(row, "stated_at")));
        });
        return found;
    }

    private void remember(List<Identity> identities, Map<Identity, Statement> statements) {
        if (identities.isEmpty()) return;
        var rows = identities.stream()
                .map(identity -> Map.entry(identity, Objects.requireNonNull(statements.get(identity))))
                .toList();
        jdbc.sql("""
                        insert into consent_statements (identity_id, stated_by, purpose, channel, stated, stated_at)
                        select * from unnest(:identities, :sources, :purposes, :channels, :stated, :at)
                        on conflict (identity_id, stated_by, purpose, channel) do update
                        set stated = excluded.stated, stated_at = excluded.stated_at
                        """)
                .param("identities", longs(rows, r -> r.getKey().id().value()))
                .param("sources", texts(rows, r -> r.getKey().source()))
                .param("purposes", texts(rows, r -> r.getKey().purpose()))
                .param("channels", texts(rows, r -> r.getKey().channel()))
                .param("stated", flags(rows, r -> r.getValue().granted()))
                .param("at", texts("timestamptz", rows, r -> r.getValue().at().toString()))
                .update();
    }

    private void keep(List<Saying> sayings) {
        if (sayings.isEmpty()) return;
        jdbc.sql("""
                        insert into consent_sayings (identity_id, purpose, channel, granted, source, said_at, seq, weight)
                        select i, p, c, g, s, a, q, w from unnest(:identities, :purposes, :channels, :granted, :sources, :at, :seq, :weights)
                            with ordinality as x (i, p, c, g, s, a, q, w, place) order by place
                        """)
                .param("identities", longs(sayings, s -> s.change().identity().value()))
                .param("purposes", texts(sayings, s -> s.change().about().purpose()))
                .param("channels", texts(sayings, s -> s.change().about().channel()))
                .param("granted", flags(sayings, s -> s.change().granted()))
                .param("sources", texts(sayings, s -> s.change().source()))
                .param("at", texts("timestamptz", sayings, s -> s.change().at().toString()))
                .param("seq", longs(sayings, s -> s.change().seq()))
                .param("weights", texts(sayings, s -> weight(s)))
                .update();
    }

    private static String weight(Saying saying) {
        if (saying.change().manner() == Manner.NOW) return "now";
        return saying.decides() ? "decided" : "plain";
    }

    /**
     * Works out anew what holds of customers who lost or gained identities, from everything that was said of those they
     * have today, and tells the history what holds of each of them from now on.
     *
     * @param whose every identity of today's customers among {@code touched}
     */
    void regroup(Collection<CustomerId> touched, Map<CustomerId, CustomerId> whose, long upTo) {
        oneAtATime();
        var before = load(List.copyOf(touched));
        var latest = new HashMap<String, Instant>();
        before.forEach((about, state) -> latest.merge(
                about.purpose() + " " + about.channel(),
                state.told().at(),
                (one, other) -> one.isAfter(other) ? one : other));
        jdbc.sql("delete from consents where customer_id = any (:touched)")
                .param("touched", longs(List.copyOf(touched), CustomerId::value))
                .update();
        var states = new LinkedHashMap<About, State>();
        for (var saying : sayingsOf(whose))
            states.put(
                    saying.change().about(),
                    said(states.get(saying.change().about()), saying.change(), saying.decides(), new ArrayList<>()));
        var turns = new ArrayList<Turn>();
        states.replaceAll((about, state) -> {
            var holds = holding(state.decided(), state.plain());
            var last = latest.getOrDefault(
                    about.purpose() + " " + about.channel(), state.told().at());
            var told = last.isAfter(state.told().at())
                    ? new Said(
                            state.told().granted(),
                            state.told().source(),
                            last,
                            state.told().seq())
                    : state.told();
            return new State(state.decided(), state.plain(), told(about, holds, told, turns));
        });
        store(List.copyOf(states.entrySet()));
        remember(turns);
        jdbc.sql("update consent_progress set last_merge = :number")
                .param("number", upTo)
                .update();
    }

    /** Takes back what events at these places of the log said; of whom it was. */
    Set<CustomerId> takeBack(Collection<Long> places) {
        return new HashSet<>(jdbc.sql("""
                        with gone as (delete from consent_sayings where seq = any (:places) returning identity_id)
                        select distinct identity_id from gone
                        """)
                .param("places", longs(List.copyOf(places), place -> place))
                .query((row, n) -> new CustomerId(row.getLong("identity_id")))
                .list());
    }

    private List<Saying> sayingsOf(Map<CustomerId, CustomerId> whose) {
        return jdbc.sql("""
                        select identity_id, purpose, channel, granted, source, said_at, seq, weight from consent_sayings
                        where identity_id = any (:identities) order by id
                        """)
                .param("identities", longs(List.copyOf(whose.keySet()), CustomerId::value))
                .query((row, n) -> {
                    var identity = new CustomerId(row.getLong("identity_id"));
                    var weight = row.getString("weight");
                    return new Saying(
                            new Change(
                                    new About(
                                            whose.getOrDefault(identity, identity),
                                            row.getString("purpose"),
                                            row.getString("channel")),
                                    identity,
                                    row.getBoolean("granted"),
                                    row.getString("source"),
                                    instant(row, "said_at"),
                                    row.getLong("seq"),
                                    weight.equals("now") ? Manner.NOW : Manner.ACT),
                            !weight.equals("plain"));
                })
                .list();
    }

    /** Remembers turns for the relay to take to the history. */
    void remember(List<Turn> turns) {
        if (turns.isEmpty()) return;
        jdbc.sql("""
                        insert into consent_changes_pending (customer_id, purpose, channel, granted, source, set_at)
                        select * from unnest(:customers, :purposes, :channels, :granted, :sources, :at)
                        """)
                .param("customers", longs(turns, t -> t.identity().value()))
                .param("purposes", texts(turns, t -> t.about().purpose()))
                .param("channels", texts(turns, t -> t.about().channel()))
                .param("granted", flags(turns, Turn::granted))
                .param("sources", texts(turns, Turn::source))
                .param("at", texts("timestamptz", turns, t -> t.at().toString()))
                .update();
    }

    /** Puts addresses on the list; one that is there already stays as it is. */
    void suppress(Collection<Suppression> suppressions) {
        if (suppressions.isEmpty()) return;
        var rows = List.copyOf(suppressions);
        jdbc.sql("""
                        insert into suppressions (channel, address_hash, reason, source, suppressed_at)
                        select distinct on (c, h) c, h, r, s, a from unnest(:channels, :hashes, :reasons, :sources, :at)
                            with ordinality as x (c, h, r, s, a, place) order by c, h, place
                        on conflict (channel, address_hash) do nothing
                        """)
                .param("channels", texts(rows, Suppression::channel))
                .param("hashes", longs(rows, Suppression::addressHash))
                .param("reasons", texts(rows, s -> s.reason().code()))
                .param("sources", texts(rows, Suppression::source))
                .param("at", texts("timestamptz", rows, s -> s.at().toString()))
                .update();
    }

    /** The e-mail addresses' hashes of customers that have one. */
    Map<CustomerId, Long> addresses(Collection<CustomerId> customers, String channel) {
        var found = new HashMap<CustomerId, Long>();
        if (customers.isEmpty()) return found;
        jdbc.sql("""
                        select customer_id, address_hash from reachable_customers
                        where customer_id = any (:customers) and channel = :channel
                        """)
                .param("customers", longs(List.copyOf(customers), CustomerId::value))
                .param("channel", channel)
                .query(row -> {
                    found.put(new CustomerId(row.getLong("customer_id")), row.getLong("address_hash"));
                });
        return found;
    }

    long lastMerge() {
        return jdbc.sql("select last_merge from consent_progress")
                .query(Long.class)
                .single();
    }

    /**
     * Moves what losers said to the winners, and remembers for the history what holds now where its last row says
     * otherwise. Units of the budget are counted by alias.
     */
    void move(Map<CustomerId, CustomerId> winners, long upTo) {
        oneAtATime();
        var losers = List.copyOf(winners.keySet());
        var merged = new LinkedHashMap<About, State>();
        // What was said again has no row in the history: of two that differ the later row may be either's.
        var told = new HashMap<About, Set<Boolean>>();
        var concerned = Stream.concat(losers.stream(), winners.values().stream())
                .distinct()
                .toList();
        load(concerned).forEach((about, state) -> {
            var winner = winners.getOrDefault(about.customer(), about.customer());
            var key = new About(winner, about.purpose(), about.channel());
            told.computeIfAbsent(key, any -> new HashSet<>()).add(state.told().granted());
            merged.merge(
                    key,
                    state,
                    (one, other) -> new State(
                            Said.later(one.decided(), other.decided()),
                            Said.later(one.plain(), other.plain()),
                            Objects.requireNonNull(Said.later(one.told(), other.told()))));
        });
        var turns = new ArrayList<Turn>();
        merged.replaceAll((about, state) -> {
            var holds = holding(state.decided(), state.plain());
            return told.getOrDefault(about, Set.of()).equals(Set.of(holds.granted()))
                    ? state
                    : new State(state.decided(), state.plain(), told(about, holds, state.told(), turns));
        });
        jdbc.sql("delete from consents where customer_id = any (:from)")
                .param("from", longs(losers, CustomerId::value))
                .update();
        store(List.copyOf(merged.entrySet()));
        remember(turns);
        jdbc.sql("update consent_progress set last_merge = :number")
                .param("number", upTo)
                .update();
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
        return texts("text", rows, column);
    }

    private static <T> SqlArrayValue texts(String type, List<T> rows, Function<T, String> column) {
        return new SqlArrayValue(type, rows.stream().map(column).toArray());
    }

    private static <T> SqlArrayValue flags(List<T> rows, Function<T, Boolean> column) {
        return new SqlArrayValue("boolean", rows.stream().map(column).toArray());
    }
}
