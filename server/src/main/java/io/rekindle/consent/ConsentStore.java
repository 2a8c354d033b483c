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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;

/**
 * The tables of consents and suppressions: a whole batch per statement.
 *
 * <p>What was said last, by the time it was said, stands; of two things said at one instant the later in the log.
 * A change by hand or by a link comes after everything known, even when the business clock stands still. A trait that
 * repeats what the same trait said before changes nothing: a shop that sends {@code consent: true} with every sign-in
 * must not undo a withdrawal it never heard of.
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

    record Change(About about, boolean granted, String source, Instant at, long seq, Manner manner) {}

    /** A row of history: from when on what was so. */
    record Turn(About about, boolean granted, String source, Instant at, long seq) {}

    private record State(
            boolean granted,
            String source,
            Instant at,
            long seq,
            @Nullable Boolean stated,
            @Nullable Instant statedAt) {

        State stating(boolean what, Instant when) {
            return new State(granted, source, at, seq, what, when);
        }

        boolean isAfter(Change change) {
            int byTime = at.compareTo(change.at());
            return byTime > 0 || (byTime == 0 && seq > change.seq());
        }
    }

    /** Folds changes, in the order of the log, into what stands; gives the turns for the history. */
    List<Turn> apply(List<Change> changes) {
        if (changes.isEmpty()) return List.of();
        oneAtATime();
        var before =
                load(changes.stream().map(c -> c.about().customer()).distinct().toList());
        var after = new LinkedHashMap<About, State>();
        var turns = new ArrayList<Turn>();
        for (var change : changes) {
            var state = after.containsKey(change.about()) ? after.get(change.about()) : before.get(change.about());
            after.put(change.about(), fold(state, change, turns));
        }
        store(List.copyOf(after.entrySet()));
        return turns;
    }

    /**
     * Whoever folds reads what stands and writes what stands after it; a row that is not there yet cannot be locked, so
     * the tail and the changes by hand take turns at one row that always is.
     */
    private void oneAtATime() {
        jdbc.sql("select last_merge from consent_progress for update")
                .query(Long.class)
                .single();
    }

    private static State fold(@Nullable State state, Change change, List<Turn> turns) {
        if (change.manner() == Manner.STATEMENT) {
            if (state != null && state.statedAt() != null) {
                if (change.at().isBefore(state.statedAt())) return state;
                if (Boolean.valueOf(change.granted()).equals(state.stated()))
                    return state.stating(change.granted(), change.at());
            }
            return said(state, change, turns).stating(change.granted(), change.at());
        }
        return said(state, change, turns);
    }

    private static State said(@Nullable State state, Change given, List<Turn> turns) {
        var change = given;
        if (state == null) {
            turns.add(turn(change));
            return new State(change.granted(), change.source(), change.at(), change.seq(), null, null);
        }
        if (change.manner() == Manner.NOW && !change.at().isAfter(state.at()))
            change = new Change(
                    change.about(),
                    change.granted(),
                    change.source(),
                    state.at().plus(1, ChronoUnit.MICROS),
                    change.seq(),
                    change.manner());
        boolean same = state.granted() == change.granted();
        if (!state.isAfter(change)) {
            if (!same) turns.add(turn(change));
            return new State(
                    change.granted(), change.source(), change.at(), change.seq(), state.stated(), state.statedAt());
        }
        if (!same) {
            turns.add(turn(change));
            turns.add(new Turn(change.about(), state.granted(), state.source(), state.at(), state.seq()));
        }
        return state;
    }

    private static Turn turn(Change change) {
        return new Turn(change.about(), change.granted(), change.source(), change.at(), change.seq());
    }

    private Map<About, State> load(List<CustomerId> customers) {
        var found = new HashMap<About, State>();
        jdbc.sql("""
                        select customer_id, purpose, channel, granted, source, set_at, seq, stated, stated_at from consents
                        where customer_id = any (:customers)
                        """).param("customers", longs(customers, CustomerId::value)).query(row -> {
            var statedAt = row.getObject("stated_at", OffsetDateTime.class);
            found.put(
                    new About(
                            new CustomerId(row.getLong("customer_id")),
                            row.getString("purpose"),
                            row.getString("channel")),
                    new State(
                            row.getBoolean("granted"),
                            row.getString("source"),
                            instant(row, "set_at"),
                            row.getLong("seq"),
                            statedAt == null ? null : row.getBoolean("stated"),
                            statedAt == null ? null : statedAt.toInstant()));
        });
        return found;
    }

    private void store(List<Map.Entry<About, State>> states) {
        jdbc.sql("""
                        insert into consents (customer_id, purpose, channel, granted, source, set_at, seq, stated, stated_at)
                        select c, p, h, g, s, a, q, nullif(t, '')::boolean, nullif(w, '')::timestamptz
                        from unnest(:customers, :purposes, :channels, :granted, :sources, :at, :seq, :stated, :statedAt)
                            as x (c, p, h, g, s, a, q, t, w)
                        on conflict (customer_id, purpose, channel) do update set granted = excluded.granted,
                            source = excluded.source, set_at = excluded.set_at, seq = excluded.seq,
                            stated = excluded.stated, stated_at = excluded.stated_at
                        """)
                .param("customers", longs(states, s -> s.getKey().customer().value()))
                .param("purposes", texts(states, s -> s.getKey().purpose()))
                .param("channels", texts(states, s -> s.getKey().channel()))
                .param(
                        "granted",
                        new SqlArrayValue(
                                "boolean",
                                states.stream().map(s -> s.getValue().granted()).toArray()))
                .param("sources", texts(states, s -> s.getValue().source()))
                .param("at", texts("timestamptz", states, s -> s.getValue().at().toString()))
                .param("seq", longs(states, s -> s.getValue().seq()))
                .param("stated", texts(states, s -> textOrEmpty(s.getValue().stated())))
                .param("statedAt", texts(states, s -> textOrEmpty(s.getValue().statedAt())))
                .update();
    }

    /** Remembers turns for the relay to take to the history. */
    void remember(List<Turn> turns) {
        if (turns.isEmpty()) return;
        jdbc.sql("""
                        insert into consent_changes_pending (customer_id, purpose, channel, granted, source, set_at)
                        select * from unnest(:customers, :purposes, :channels, :granted, :sources, :at)
                        """)
                .param("customers", longs(turns, t -> t.about().customer().value()))
                .param("purposes", texts(turns, t -> t.about().purpose()))
                .param("channels", texts(turns, t -> t.about().channel()))
                .param(
                        "granted",
                        new SqlArrayValue(
                                "boolean", turns.stream().map(Turn::granted).toArray()))
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

    /** Moves what losers said to the winners; what was said last stands. Units of the budget are counted by alias. */
    void move(Map<CustomerId, CustomerId> winners, long upTo) {
        var moves = List.copyOf(winners.entrySet());
        var from = longs(moves, m -> m.getKey().value());
        jdbc.sql("""
                        insert into consents (customer_id, purpose, channel, granted, source, set_at, seq, stated, stated_at)
                        select distinct on (m.winner, c.purpose, c.channel) m.winner, c.purpose, c.channel, c.granted,
                            c.source, c.set_at, c.seq, c.stated, c.stated_at
                        from unnest(:from, :to) as m (loser, winner) join consents c on c.customer_id = m.loser
                        order by m.winner, c.purpose, c.channel, c.set_at desc, c.seq desc
                        on conflict (customer_id, purpose, channel) do update set granted = excluded.granted,
                            source = excluded.source, set_at = excluded.set_at, seq = excluded.seq,
                            stated = coalesce(excluded.stated, consents.stated),
                            stated_at = coalesce(excluded.stated_at, consents.stated_at)
                        where (excluded.set_at, excluded.seq) > (consents.set_at, consents.seq)
                        """)
                .param("from", from)
                .param("to", longs(moves, m -> m.getValue().value()))
                .update();
        jdbc.sql("delete from consents where customer_id = any (:from)")
                .param("from", from)
                .update();
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

    private static String textOrEmpty(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }
}
