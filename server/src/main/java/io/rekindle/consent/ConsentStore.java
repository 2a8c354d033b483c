package io.rekindle.consent;

import io.rekindle.collect.Sources;
import io.rekindle.common.CustomerId;
import io.rekindle.platform.Vault;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
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
    /**
     * Whether what was said of everything ({@code c}) and of one topic ({@code t}) is permission; null when nothing was. What
     * is said of a topic outweighs what is said of everything, but for a withdrawal from everything after it, and one that
     * was decided outweighs a plain statement of whenever. The times are those of the sayings that hold.
     */
    static final String HOLDS = "case when t.customer_id is null then c.granted when not t.granted then false"
            + " when not c.granted and ((c.set_at, c.seq) > (t.set_at, t.seq)"
            + " or c.decided is false and t.decided is not true) then false else true end";

    /**
     * Whether an entry of the list ({@code s}) stands against a message about the topic of {@code t}: a deed for the topic
     * outweighs an unsubscription from everything before it, for whoever did it.
     */
    static final String STANDS = "not coalesce(s.reason = 'unsubscribe' and s.topic = '' and t.decided"
            + " and t.decided_at >= s.suppressed_at, false)";

    private final JdbcClient jdbc;
    private final Vault vault;
    /** The source of what files say. */
    private final String files;

    ConsentStore(JdbcClient jdbc, Vault vault, Sources sources) {
        this.jdbc = jdbc;
        this.vault = vault;
        this.files = ConsentTail.source(sources.named(Sources.IMPORT).id());
    }

    /** @param topic what it is about; empty: everything */
    record About(CustomerId customer, String purpose, String channel, String topic) {
        About(CustomerId customer, String purpose, String channel) {
            this(customer, purpose, channel, "");
        }

        About of(CustomerId other) {
            return new About(other, purpose, channel, topic);
        }
    }

    /** How something was said. */
    enum Manner {
        /** By an event that means a change, e.g. an unsubscription. */
        ACT,
        /** By a trait, which is repeated as long as it holds. */
        STATEMENT,
        /** By hand or by a link: now. */
        NOW
    }

    /**
     * What shows that something was said.
     *
     * @param wording the version of what was asked
     * @param language in which it was asked
     * @param place where it was said, as its source calls it
     * @param proof in words, in clear
     */
    record Shown(
            @Nullable String wording,
            @Nullable String language,
            @Nullable String place,
            @Nullable String proof) {
        static final Shown NOTHING = new Shown(null, null, null, null);

        boolean isAnything() {
            return wording != null || place != null || proof != null;
        }
    }

    /**
     * @param identity whom the source spoke of: the person's id, or one that was merged into it
     * @param evidence what shows it, a row of consent_evidence; 0: the source is all there is
     * @param shown what shows it, where it is not written down yet
     * @param toConfirm whether a yes holds only when it was confirmed by mail
     */
    record Change(
            About about,
            CustomerId identity,
            boolean granted,
            String source,
            Instant at,
            long seq,
            Manner manner,
            long evidence,
            Shown shown,
            boolean toConfirm) {
        Change(About about, CustomerId identity, boolean granted, String source, Instant at, long seq, Manner manner) {
            this(about, identity, granted, source, at, seq, manner, 0, Shown.NOTHING, false);
        }

        Change dated(Instant when) {
            return new Change(about, identity, granted, source, when, seq, manner, evidence, shown, toConfirm);
        }

        Change shownBy(long row) {
            return new Change(about, identity, granted, source, at, seq, manner, row, Shown.NOTHING, false);
        }
    }

    /** A row of history: from when on what was so. {@code identity}: of whom it was said, so under whom it stands. */
    record Turn(About about, CustomerId identity, boolean granted, String source, Instant at, long seq, long evidence) {
        Turn(About about, boolean granted, String source, Instant at, long seq) {
            this(about, granted, source, at, seq, 0);
        }

        Turn(About about, boolean granted, String source, Instant at, long seq, long evidence) {
            this(about, about.customer(), granted, source, at, seq, evidence);
        }

        Turn saidOf(CustomerId whom) {
            return new Turn(about, whom, granted, source, at, seq, evidence);
        }
    }

    /** What a saying counts for. */
    private enum Weight {
        /** It changes what its source said, or is a deed. */
        DECIDED,
        /** The first statement of a source. */
        PLAIN,
        /** It repeats its source's statement, or is older: it counts once what is before it is gone. */
        NONE
    }

    /** A saying as it is kept. */
    private record Saying(Change change, Weight weight) {}

    private record Identity(CustomerId id, String source, String purpose, String channel, String topic) {
        static Identity of(Change change) {
            return new Identity(
                    change.identity(),
                    change.source(),
                    change.about().purpose(),
                    change.about().channel(),
                    change.about().topic());
        }
    }

    private record Statement(boolean granted, Instant at) {}

    private record Said(boolean granted, String source, Instant at, long seq, long evidence) {
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
        Said holds() {
            return holding(decided, plain);
        }

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

    /**
     * A yes that has to be confirmed before it holds.
     *
     * @param repeated whether its source had said the same before
     * @param agreed whether there is permission already, if perhaps not at the address of today
     */
    record Unconfirmed(Change change, boolean repeated, boolean agreed) {}

    /** Somebody unsubscribes the address of a customer, whoever else has it. */
    record Off(About about, long addressHash, String source, Instant at) {}

    /** Folds changes, in the order of the log, into what stands; gives the turns for the history. */
    List<Turn> apply(List<Change> changes) {
        return apply(changes, List.of(), new ArrayList<>());
    }

    /**
     * @param off puts addresses on the list of unsubscribers where the withdrawal, one of the changes, holds in the end
     * @param unconfirmed gets what would be permission where there is none, and has to be confirmed first
     */
    List<Turn> apply(List<Change> changes, List<Off> off, List<Unconfirmed> unconfirmed) {
        if (changes.isEmpty()) return List.of();
        oneAtATime();
        var states =
                load(changes.stream().map(c -> c.about().customer()).distinct().toList());
        var statements = statements(changes);
        var changed = new LinkedHashSet<About>();
        var stated = new LinkedHashSet<Identity>();
        // The last deed of each kind: what becomes of the list of unsubscribers is decided by what holds in the end.
        var agreed = new LinkedHashMap<About, Agreed>();
        var turns = new ArrayList<Turn>();
        var sayings = new ArrayList<Saying>();
        var evidence = new LinkedHashMap<Long, Change>();
        var free = rowsFor(changes);
        for (var change : changes) {
            boolean decides = change.manner() != Manner.STATEMENT;
            boolean toConfirm = change.granted() && change.toConfirm();
            boolean repeated = false;
            if (!decides) {
                var identity = Identity.of(change);
                var before = statements.get(identity);
                boolean older = before != null && change.at().isBefore(before.at());
                repeated = before != null && before.granted() == change.granted();
                // Of a source that repeats with every sign-in nothing is undone, and nothing of it need be kept.
                if ((older || repeated) && !toConfirm && change.source().equals(files))
                    sayings.add(new Saying(shown(change, free, evidence), Weight.NONE));
                if (older) continue;
                statements.put(identity, new Statement(change.granted(), change.at()));
                stated.add(identity);
                if (repeated && !toConfirm) continue;
                decides = before != null;
            }
            var told = new ArrayList<Turn>();
            if (toConfirm) {
                if (!repeated || isUnanswered(change.about(), states))
                    unconfirmed.add(new Unconfirmed(change, repeated, granted(states.get(change.about()))));
                continue;
            }
            var dated = shown(lastOf(change, states), free, evidence);
            states.put(change.about(), said(states.get(change.about()), dated, decides, told));
            for (var turn : told) turns.add(turn.saidOf(change.identity()));
            sayings.add(new Saying(dated, decides ? Weight.DECIDED : Weight.PLAIN));
            changed.add(change.about());
            // The list is about marketing: who agrees to something else wants no more of that.
            if (decides && change.granted() && change.about().purpose().equals(Permissions.MARKETING))
                agreed.merge(change.about(), new Agreed(dated.at(), change.seq()), Agreed::later);
        }
        write(evidence);
        keep(sayings);
        store(changed.stream()
                .map(about -> Map.entry(about, Objects.requireNonNull(states.get(about))))
                .toList());
        remember(stated.stream().toList(), statements);
        suppress(off.stream()
                .filter(one -> !granted(states.get(one.about())))
                .map(one -> new Suppression(
                        one.about().channel(),
                        one.addressHash(),
                        Suppression.Reason.UNSUBSCRIBE,
                        one.source(),
                        one.at(),
                        one.about().topic().isEmpty() ? null : one.about().topic(),
                        null))
                .toList());
        agreed.keySet().removeIf(about -> !granted(states.get(about)));
        liftUnsubscribed(agreed);
        return turns;
    }

    /** Whether a yes that was never confirmed is all there is: nobody has said yes or no since. */
    private static boolean isUnanswered(About about, Map<About, State> states) {
        var ofAll = states.get(new About(about.customer(), about.purpose(), about.channel()));
        return states.get(about) == null && (ofAll == null || granted(ofAll));
    }

    private static boolean granted(@Nullable State state) {
        return state != null && state.holds().granted();
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    /** When somebody agreed, and by which event; 0: none. */
    private record Agreed(Instant at, long seq) {
        private Agreed later(Agreed other) {
            return other.at.isBefore(at) ? this : other;
        }
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

    /** By hand or by a link something is said after everything known of the channel, whatever topic that was about. */
    private static Change lastOf(Change change, Map<About, State> states) {
        if (change.manner() != Manner.NOW) return change;
        var about = change.about();
        var last = states.entrySet().stream()
                .filter(entry -> entry.getKey().customer().equals(about.customer())
                        && entry.getKey().purpose().equals(about.purpose())
                        && entry.getKey().channel().equals(about.channel()))
                .map(entry -> entry.getValue().last())
                .max(Comparator.naturalOrder());
        if (last.isEmpty() || change.at().isAfter(last.get())) return change;
        return change.dated(last.get().plus(1, ChronoUnit.MICROS));
    }

    /** Places of rows for what may come to be written down. */
    private Queue<Long> rowsFor(List<Change> changes) {
        long most =
                changes.stream().filter(change -> change.shown().isAnything()).count();
        if (most == 0) return new ArrayDeque<>();
        return new ArrayDeque<>(
                jdbc.sql("""
                        select nextval(pg_get_serial_sequence('consent_evidence', 'id')) from generate_series(1, :most)
                        """).param("most", most).query(Long.class).list());
    }

    /** What is repeated with every sign-in is written down when it says something. */
    private static Change shown(Change change, Queue<Long> free, Map<Long, Change> evidence) {
        if (!change.shown().isAnything()) return change;
        long row = free.remove();
        evidence.put(row, change);
        return change.shownBy(row);
    }

    private static State said(@Nullable State state, Change change, boolean decides, List<Turn> turns) {
        var at = change.at();
        var said = new Said(change.granted(), change.source(), at, change.seq(), change.evidence());
        if (state == null) {
            turns.add(turn(change.about(), said));
            return new State(decides ? said : null, decides ? null : said, said);
        }
        var decided = decides ? Said.later(state.decided(), said) : state.decided();
        var plain = decides ? state.plain() : Said.later(state.plain(), said);
        var holds = holding(decided, plain);
        var told = state.told();
        if (said.isAfter(told)) {
            var now = new Said(holds.granted(), holds.source(), said.at(), said.seq(), holds.evidence());
            if (now.granted() != told.granted()) turns.add(turn(change.about(), now));
            return new State(decided, plain, now);
        }
        // Heard of late: the history learns what held from then on, and what has held since.
        boolean then = heldThen(state.decided(), said, decides);
        if (then != told.granted()) {
            turns.add(turn(change.about(), new Said(then, said.source(), said.at(), said.seq(), said.evidence())));
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
        var now = new Said(
                holds.granted(), holds.source(), told.at().plus(1, ChronoUnit.MICROS), told.seq(), holds.evidence());
        turns.add(turn(about, now));
        return now;
    }

    private static Turn turn(About about, Said said) {
        return new Turn(about, said.granted(), said.source(), said.at(), said.seq(), said.evidence());
    }

    private Map<About, State> load(List<CustomerId> customers) {
        var found = new HashMap<About, State>();
        jdbc.sql("""
                        select customer_id, purpose, channel, topic, granted, source, told_at, told_seq, evidence, decided,
                            decided_source, decided_at, decided_seq, decided_evidence, plain, plain_source, plain_at,
                            plain_seq, plain_evidence
                        from consents where customer_id = any (:customers)
                        """).param("customers", longs(customers, CustomerId::value)).query(row -> {
            found.put(
                    new About(
                            new CustomerId(row.getLong("customer_id")),
                            row.getString("purpose"),
                            row.getString("channel"),
                            row.getString("topic")),
                    new State(
                            weight(row, "decided"),
                            weight(row, "plain"),
                            new Said(
                                    row.getBoolean("granted"),
                                    row.getString("source"),
                                    instant(row, "told_at"),
                                    row.getLong("told_seq"),
                                    row.getLong("evidence"))));
        });
        return found;
    }

    private static @Nullable Said weight(ResultSet row, String which) throws SQLException {
        boolean granted = row.getBoolean(which);
        if (row.wasNull()) return null;
        return new Said(
                granted,
                row.getString(which + "_source"),
                instant(row, which + "_at"),
                row.getLong(which + "_seq"),
                row.getLong(which + "_evidence"));
    }

    private void store(List<Map.Entry<About, State>> states) {
        if (states.isEmpty()) return;
        jdbc.sql("""
                        insert into consents (customer_id, purpose, channel, topic, granted, source, set_at, seq, evidence,
                            told_at, told_seq, decided, decided_source, decided_at, decided_seq, decided_evidence,
                            plain, plain_source, plain_at, plain_seq, plain_evidence)
                        select c, p, h, t, g, s, a, q, e, ta, tq, nullif(d, '')::boolean, ds, nullif(da, '')::timestamptz, dq, de,
                            nullif(l, '')::boolean, ls, nullif(la, '')::timestamptz, lq, le
                        from unnest(:customers, :purposes, :channels, :topics, :granted, :sources, :at, :seq, :evidence,
                                :toldAt, :toldSeq, :decided, :decidedSources, :decidedAt, :decidedSeq, :decidedEvidence,
                                :plain, :plainSources, :plainAt, :plainSeq, :plainEvidence)
                            as x (c, p, h, t, g, s, a, q, e, ta, tq, d, ds, da, dq, de, l, ls, la, lq, le)
                        on conflict (customer_id, purpose, channel, topic) do update set granted = excluded.granted,
                            source = excluded.source, set_at = excluded.set_at, seq = excluded.seq,
                            evidence = excluded.evidence, told_at = excluded.told_at, told_seq = excluded.told_seq,
                            decided_evidence = excluded.decided_evidence,
                            plain_evidence = excluded.plain_evidence,
                            decided = excluded.decided, decided_source = excluded.decided_source,
                            decided_at = excluded.decided_at, decided_seq = excluded.decided_seq,
                            plain = excluded.plain, plain_source = excluded.plain_source,
                            plain_at = excluded.plain_at, plain_seq = excluded.plain_seq
                        """)
                .param("customers", longs(states, s -> s.getKey().customer().value()))
                .param("purposes", texts(states, s -> s.getKey().purpose()))
                .param("channels", texts(states, s -> s.getKey().channel()))
                .param("topics", texts(states, s -> s.getKey().topic()))
                .param("evidence", longs(states, s -> s.getValue().holds().evidence()))
                .param(
                        "decidedEvidence",
                        longs(states, s -> evidence(s.getValue().decided())))
                .param("plainEvidence", longs(states, s -> evidence(s.getValue().plain())))
                .param("granted", flags(states, s -> s.getValue().holds().granted()))
                .param("sources", texts(states, s -> s.getValue().holds().source()))
                .param(
                        "at",
                        texts(
                                "timestamptz",
                                states,
                                s -> s.getValue().holds().at().toString()))
                .param("seq", longs(states, s -> s.getValue().holds().seq()))
                .param(
                        "toldAt",
                        texts(
                                "timestamptz",
                                states,
                                s -> s.getValue().told().at().toString()))
                .param("toldSeq", longs(states, s -> s.getValue().told().seq()))
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

    private static Long evidence(@Nullable Said said) {
        return said == null ? 0 : said.evidence();
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
                        select identity_id, stated_by, purpose, channel, topic, stated, stated_at from consent_statements
                        where identity_id = any (:identities)
                        """).param("identities", longs(identities, CustomerId::value)).query(row -> {
            found.put(
                    new Identity(
                            new CustomerId(row.getLong("identity_id")),
                            row.getString("stated_by"),
                            row.getString("purpose"),
                            row.getString("channel"),
                            row.getString("topic")),
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
                        insert into consent_statements
                            (identity_id, stated_by, purpose, channel, topic, stated, stated_at)
                        select * from unnest(:identities, :sources, :purposes, :channels, :topics, :stated, :at)
                        on conflict (identity_id, stated_by, purpose, channel, topic) do update
                        set stated = excluded.stated, stated_at = excluded.stated_at
                        """)
                .param("identities", longs(rows, r -> r.getKey().id().value()))
                .param("sources", texts(rows, r -> r.getKey().source()))
                .param("purposes", texts(rows, r -> r.getKey().purpose()))
                .param("channels", texts(rows, r -> r.getKey().channel()))
                .param("topics", texts(rows, r -> r.getKey().topic()))
                .param("stated", flags(rows, r -> r.getValue().granted()))
                .param("at", texts("timestamptz", rows, r -> r.getValue().at().toString()))
                .update();
    }

    private void keep(List<Saying> sayings) {
        if (sayings.isEmpty()) return;
        jdbc.sql("""
                        insert into consent_sayings
                            (identity_id, purpose, channel, topic, granted, source, said_at, seq, weight, evidence, is_statement)
                        select i, p, c, t, g, s, a, q, w, e, o
                        from unnest(:identities, :purposes, :channels, :topics, :granted, :sources, :at, :seq, :weights, :evidence,
                                    :statements)
                            with ordinality as x (i, p, c, t, g, s, a, q, w, e, o, place) order by place
                        """)
                .param("identities", longs(sayings, s -> s.change().identity().value()))
                .param("purposes", texts(sayings, s -> s.change().about().purpose()))
                .param("channels", texts(sayings, s -> s.change().about().channel()))
                .param("topics", texts(sayings, s -> s.change().about().topic()))
                .param("evidence", longs(sayings, s -> s.change().evidence()))
                .param("granted", flags(sayings, s -> s.change().granted()))
                .param("sources", texts(sayings, s -> s.change().source()))
                .param("at", texts("timestamptz", sayings, s -> s.change().at().toString()))
                .param("seq", longs(sayings, s -> s.change().seq()))
                .param("weights", texts(sayings, s -> weight(s)))
                .param("statements", flags(sayings, s -> s.change().manner() == Manner.STATEMENT))
                .update();
    }

    private static String weight(Saying saying) {
        if (saying.change().manner() == Manner.NOW) return "now";
        return saying.weight().name().toLowerCase(Locale.ROOT);
    }

    /**
     * Works out anew what holds of customers who lost or gained identities, from everything that was said of those they
     * have today, and tells the history what holds of each of them from now on.
     *
     * @param whose every identity of today's customers among {@code touched}
     * @param kin who stands for those a customer had identities in common with; the history of all of them is told that far
     */
    void regroup(
            Collection<CustomerId> touched,
            Map<CustomerId, CustomerId> whose,
            UnaryOperator<CustomerId> kin,
            long upTo) {
        oneAtATime();
        var before = load(List.copyOf(touched));
        var latest = new HashMap<About, Instant>();
        before.forEach((about, state) ->
                latest.merge(about.of(kin.apply(about.customer())), state.told().at(), ConsentStore::later));
        jdbc.sql("delete from consents where customer_id = any (:touched)")
                .param("touched", longs(List.copyOf(touched), CustomerId::value))
                .update();
        var states = new LinkedHashMap<About, State>();
        for (var saying : sayingsOf(whose))
            states.put(
                    saying.change().about(),
                    said(
                            states.get(saying.change().about()),
                            lastOf(saying.change(), states),
                            saying.weight() == Weight.DECIDED,
                            new ArrayList<>()));
        var turns = new ArrayList<Turn>();
        states.replaceAll((about, state) -> {
            var holds = state.holds();
            var last = latest.getOrDefault(
                    about.of(kin.apply(about.customer())), state.told().at());
            var told = last.isAfter(state.told().at())
                    ? new Said(
                            state.told().granted(),
                            state.told().source(),
                            last,
                            state.told().seq(),
                            state.told().evidence())
                    : state.told();
            return new State(state.decided(), state.plain(), told(about, holds, told, turns));
        });
        store(List.copyOf(states.entrySet()));
        remember(turns);
        jdbc.sql("update consent_progress set last_merge = :number")
                .param("number", upTo)
                .update();
    }

    /** An event of the log: its place, of whom it spoke, and its source. */
    record Spoken(long seq, CustomerId identity, String source) {}

    /** Takes back what these events said, also what their sources are remembered to have said last; of whom it was. */
    Set<CustomerId> takeBack(List<Spoken> events) {
        var said = new HashSet<>(jdbc.sql("""
                        with gone as (
                            delete from consent_sayings where seq = any (:places) returning identity_id, evidence),
                        shown as (update consent_evidence set undone = true where id in (select evidence from gone))
                        select distinct identity_id from gone
                        """)
                .param("places", longs(events, Spoken::seq))
                .query((row, n) -> new CustomerId(row.getLong("identity_id")))
                .list());
        weighAnew(events);
        restate(events);
        putBack(events);
        return said;
    }

    /** What statements count for, of the sources of these events and the identities they spoke of, by what is left of them. */
    private void weighAnew(List<Spoken> events) {
        jdbc.sql("""
                        with spoken as (select distinct i, s from unnest(:identities, :sources) as x (i, s)),
                        ordered as (
                            select c.id, c.is_statement, c.granted, lag(c.granted) over (
                                partition by c.identity_id, c.source, c.purpose, c.channel, c.topic order by c.said_at, c.id) as before
                            from consent_sayings c join spoken p on c.identity_id = p.i and c.source = p.s)
                        update consent_sayings c
                        set weight = case when o.before is null then 'plain' when o.before = o.granted then 'none' else 'decided' end
                        from ordered o where o.id = c.id and o.is_statement
                        """)
                .param("identities", longs(events, e -> e.identity().value()))
                .param("sources", texts(events, Spoken::source))
                .update();
    }

    /** What the sources said last of these identities is worked out anew from what is left. */
    private void restate(List<Spoken> events) {
        var pairs = "select distinct i, s from unnest(:identities, :sources) as x (i, s)";
        for (var statement : List.of(
                "delete from consent_statements using (%s) p where identity_id = p.i and stated_by = p.s"
                        .formatted(pairs),
                """
                insert into consent_statements (identity_id, stated_by, purpose, channel, topic, stated, stated_at)
                select distinct on (identity_id, source, purpose, channel, topic)
                    identity_id, source, purpose, channel, topic, granted, said_at
                from consent_sayings join (%s) p on identity_id = p.i and source = p.s
                order by identity_id, source, purpose, channel, topic, said_at desc, id desc
                """.formatted(pairs)))
            jdbc.sql(statement)
                    .param("identities", longs(events, e -> e.identity().value()))
                    .param("sources", texts(events, Spoken::source))
                    .update();
    }

    private List<Saying> sayingsOf(Map<CustomerId, CustomerId> whose) {
        return jdbc.sql("""
                        select identity_id, purpose, channel, topic, granted, source, said_at, seq, weight, evidence
                        from consent_sayings
                        where identity_id = any (:identities) and weight <> 'none' order by id
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
                                            row.getString("channel"),
                                            row.getString("topic")),
                                    identity,
                                    row.getBoolean("granted"),
                                    row.getString("source"),
                                    instant(row, "said_at"),
                                    row.getLong("seq"),
                                    weight.equals("now") ? Manner.NOW : Manner.ACT,
                                    row.getLong("evidence"),
                                    Shown.NOTHING,
                                    false),
                            weight.equals("plain") ? Weight.PLAIN : Weight.DECIDED);
                })
                .list();
    }

    /** Remembers turns for the relay to take to the history. */
    void remember(List<Turn> turns) {
        if (turns.isEmpty()) return;
        jdbc.sql("""
                        insert into consent_changes_pending
                            (customer_id, purpose, channel, topic, granted, source, set_at, evidence)
                        select * from unnest(:customers, :purposes, :channels, :topics, :granted, :sources, :at, :evidence)
                        """)
                .param("customers", longs(turns, t -> t.identity().value()))
                .param("purposes", texts(turns, t -> t.about().purpose()))
                .param("channels", texts(turns, t -> t.about().channel()))
                .param("topics", texts(turns, t -> t.about().topic()))
                .param("evidence", longs(turns, Turn::evidence))
                .param("granted", flags(turns, Turn::granted))
                .param("sources", texts(turns, Turn::source))
                .param("at", texts("timestamptz", turns, t -> t.at().toString()))
                .update();
    }

    /**
     * Puts addresses on the list; one that is there already for the same reason stays as it is, but that of an
     * unsubscription the latest time counts. How many are new.
     */
    int suppress(Collection<Suppression> suppressions) {
        if (suppressions.isEmpty()) return 0;
        var rows = List.copyOf(suppressions);
        return jdbc.sql("""
                        with put as (
                            insert into suppressions as listed
                                (channel, address_hash, topic, reason, source, sealed_note, suppressed_at)
                            select distinct on (c, h, t, r) c, h, t, r, s, nullif(n, ''),
                                case when r = 'unsubscribe' then max(a) over (partition by c, h, t, r) else a end
                            from unnest(:channels, :hashes, :topics, :reasons, :sources, :notes, :at)
                                with ordinality as x (c, h, t, r, s, n, a, place) order by c, h, t, r, place
                            on conflict (channel, address_hash, topic, reason) do update
                            set suppressed_at = excluded.suppressed_at
                            where listed.reason = 'unsubscribe' and listed.suppressed_at < excluded.suppressed_at
                            returning xmax = 0 as is_new)
                        select count(*) filter (where is_new) from put
                        """)
                .param("channels", texts(rows, Suppression::channel))
                .param("hashes", longs(rows, Suppression::addressHash))
                .param("topics", texts(rows, s -> Objects.requireNonNullElse(s.topic(), "")))
                .param("notes", notes(rows))
                .param("reasons", texts(rows, s -> s.reason().code()))
                .param("sources", texts(rows, Suppression::source))
                .param("at", texts("timestamptz", rows, s -> s.at().toString()))
                .query(Integer.class)
                .single();
    }

    /** Sealed: a note outlives the person it is about. Each by itself, for one goes without the others. */
    private SqlArrayValue notes(List<Suppression> rows) {
        return new SqlArrayValue("bytea", (Object[]) rows.stream()
                .map(row -> row.note() == null || row.note().isEmpty()
                        ? new byte[0]
                        : vault.seal(Suppressions.NOTE, row.note().getBytes(StandardCharsets.UTF_8)))
                .toArray(byte[][]::new));
    }

    /** Notes that no entry has any more; those of before were sealed once for all entries of a file. */
    static List<byte[]> heldByNobody(JdbcClient jdbc, List<byte[]> notes) {
        if (notes.isEmpty()) return List.of();
        return jdbc.sql("""
                        select note from unnest(:notes) note
                        where not exists (select from suppressions where sealed_note = note)
                            and not exists (select from lifted_suppressions where sealed_note = note)
                        """)
                .param("notes", new SqlArrayValue("bytea", (Object[]) notes.toArray(byte[][]::new)))
                .query((row, n) -> Objects.requireNonNull(row.getBytes("note")))
                .list();
    }

    /** The hashes of the addresses of a channel, of customers that have one. */
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

    /** An address, and the place in the log of the last event that said so. */
    record Standing(long addressHash, long seq) {}

    /** The addresses that stand of a channel, of customers that have one. */
    Map<CustomerId, Standing> standing(Collection<CustomerId> customers, String channel) {
        var found = new HashMap<CustomerId, Standing>();
        if (customers.isEmpty()) return found;
        jdbc.sql("""
                        select customer_id, address_hash, seq from reachable_customers
                        where customer_id = any (:customers) and channel = :channel
                        """)
                .param("customers", longs(List.copyOf(customers), CustomerId::value))
                .param("channel", channel)
                .query(row -> {
                    found.put(
                            new CustomerId(row.getLong("customer_id")),
                            new Standing(row.getLong("address_hash"), row.getLong("seq")));
                });
        return found;
    }

    /** Over which channels customers may be written to or have said something. */
    Map<CustomerId, Set<String>> channels(Collection<CustomerId> customers) {
        var found = new HashMap<CustomerId, Set<String>>();
        jdbc.sql("""
                        select customer_id, channel from consents where customer_id = any (:customers)
                        union select customer_id, channel from reachable_customers where customer_id = any (:customers)
                        """)
                .param("customers", longs(List.copyOf(customers), CustomerId::value))
                .query(row -> {
                    found.computeIfAbsent(new CustomerId(row.getLong("customer_id")), any -> new HashSet<>())
                            .add(row.getString("channel"));
                });
        return found;
    }

    /** Every id of a customer: what was said of any of them was said of the person. */
    static final String THEIRS =
            "customer_id in (select :customer union all select alias_id from customer_aliases where customer_id = :customer)";

    /** Those of some customers who ever confirmed a yes at an address: then it holds at such addresses only. */
    Set<CustomerId> bound(Collection<CustomerId> customers) {
        if (customers.isEmpty()) return Set.of();
        return new HashSet<>(jdbc.sql("""
                        select c from unnest(:customers) as x (c)
                        where exists (select 1 from consent_addresses b where b.customer_id = c) or exists (
                            select 1 from customer_aliases a join consent_addresses b on b.customer_id = a.alias_id
                            where a.customer_id = c)
                        """)
                .param("customers", longs(List.copyOf(customers), CustomerId::value))
                .query((row, n) -> new CustomerId(row.getLong("c")))
                .list());
    }

    /** Whether a person's address is one at which nothing was confirmed, though it was at others. */
    boolean isElsewhere(CustomerId customer, String channel) {
        return jdbc.sql("""
                        select coalesce(not r.address_hash = any (v.hashes), false) as elsewhere
                        from reachable_customers r cross join (
                            select array_agg(address_hash) as hashes from consent_addresses
                            where channel = :channel and %s) v
                        where r.customer_id = :customer and r.channel = :channel
                        """.formatted(THEIRS))
                .param("customer", customer.value())
                .param("channel", channel)
                .query(Boolean.class)
                .optional()
                .orElse(false);
    }

    /** From now on what is said of this identity holds at an address, and at others only where it is bound to them, too. */
    void bind(CustomerId identity, String channel, long addressHash, Instant at) {
        jdbc.sql("""
                        insert into consent_addresses (customer_id, channel, address_hash, confirmed_at)
                        values (:identity, :channel, :address, :at) on conflict do nothing
                        """)
                .param("identity", identity.value())
                .param("channel", channel)
                .param("address", addressHash)
                .param("at", utc(at))
                .update();
    }

    /**
     * The same for many at the addresses they have.
     *
     * @param whose the customer of today each identity is of
     */
    void bind(Map<CustomerId, CustomerId> whose, String channel, Instant at) {
        if (whose.isEmpty()) return;
        var rows = List.copyOf(whose.entrySet());
        jdbc.sql("""
                        insert into consent_addresses (customer_id, channel, address_hash, confirmed_at)
                        select x.identity, r.channel, r.address_hash, :at
                        from unnest(:identities, :customers) as x (identity, customer_id)
                        join reachable_customers r on r.customer_id = x.customer_id and r.channel = :channel
                        on conflict do nothing
                        """)
                .param("identities", longs(rows, one -> one.getKey().value()))
                .param("customers", longs(rows, one -> one.getValue().value()))
                .param("channel", channel)
                .param("at", utc(at))
                .update();
    }

    /** Those of some customers who were asked to confirm something, or did, but never at the address they have now. */
    List<CustomerId> atNewAddress(Collection<CustomerId> customers, String channel) {
        if (customers.isEmpty()) return List.of();
        return jdbc.sql("""
                        with ids as (
                            select customer_id, customer_id as id from unnest(:customers) as c (customer_id)
                            union select customer_id, alias_id from customer_aliases where customer_id = any (:customers)),
                        asked as (
                            select i.customer_id, array_agg(k.address_hash) as hashes
                            from ids i join (
                                select customer_id as id, channel, coalesce(address_hash, 0) as address_hash
                                from consent_confirmations
                                union all select customer_id, channel, address_hash from consent_addresses) k on k.id = i.id
                            where k.channel = :channel group by i.customer_id)
                        select a.customer_id from asked a
                        join reachable_customers r on r.customer_id = a.customer_id and r.channel = :channel
                        where r.address_hash <> all (a.hashes) order by a.customer_id
                        """)
                .param("customers", longs(List.copyOf(customers), CustomerId::value))
                .param("channel", channel)
                .query((row, n) -> new CustomerId(row.getLong("customer_id")))
                .list();
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
            var key = new About(winner, about.purpose(), about.channel(), about.topic());
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
            var holds = state.holds();
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

    /** What was asked, where that is known, of some evidence. */
    Map<Long, String> wordings(Collection<Long> evidence) {
        var found = new HashMap<Long, String>();
        var ids = evidence.stream().filter(id -> id != 0).distinct().toList();
        if (ids.isEmpty()) return found;
        jdbc.sql("select id, wording from consent_evidence where id = any (:ids) and wording is not null")
                .param("ids", longs(ids, id -> id))
                .query(row -> {
                    found.put(row.getLong("id"), row.getString("wording"));
                });
        return found;
    }

    /** Writes down what shows that something was said, under whom it was said of; proofs are sealed, each by itself. */
    private void write(Map<Long, Change> evidence) {
        if (evidence.isEmpty()) return;
        var rows = List.copyOf(evidence.entrySet());
        jdbc.sql("""
                        insert into consent_evidence (id, customer_id, purpose, channel, topic, granted, source, said_at,
                            wording, language, sealed_proof)
                        overriding system value
                        select i, c, p, h, t, g, s, a, nullif(w, ''), nullif(l, ''), nullif(f, '')
                        from unnest(:ids, :customers, :purposes, :channels, :topics, :granted, :sources, :at, :wordings,
                            :languages, :proofs) as x (i, c, p, h, t, g, s, a, w, l, f)
                        """)
                .param("ids", longs(rows, Map.Entry::getKey))
                .param("customers", longs(rows, r -> r.getValue().identity().value()))
                .param("purposes", texts(rows, r -> r.getValue().about().purpose()))
                .param("channels", texts(rows, r -> r.getValue().about().channel()))
                .param("topics", texts(rows, r -> r.getValue().about().topic()))
                .param("granted", flags(rows, r -> r.getValue().granted()))
                .param("sources", texts(rows, r -> placed(r.getValue())))
                .param("at", texts("timestamptz", rows, r -> r.getValue().at().toString()))
                .param(
                        "wordings",
                        texts(
                                rows,
                                r -> Objects.requireNonNullElse(
                                        r.getValue().shown().wording(), "")))
                .param(
                        "languages",
                        texts(
                                rows,
                                r -> Objects.requireNonNullElse(
                                        r.getValue().shown().language(), "")))
                .param("proofs", new SqlArrayValue("bytea", (Object[]) rows.stream()
                        .map(r -> sealed(r.getValue().shown().proof()))
                        .toArray(byte[][]::new)))
                .update();
    }

    private static String placed(Change change) {
        var place = change.shown().place();
        return place == null ? change.source() : change.source() + ": " + place;
    }

    private byte[] sealed(@Nullable String proof) {
        return proof == null ? new byte[0] : vault.seal(Consents.PROOF, proof.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Takes addresses off the list of unsubscribers whose owner has asked to be written to again, about the same, since
     * they were put there. A telephone number is the owner's who is known by it: an identifier's id is the hash of the
     * list. What was taken off is kept beside the event that did it, and beside every later one that would have.
     *
     * @param agreed to marketing when; with topic: off the list of that topic only; without: off that of everything
     */
    private void liftUnsubscribed(Map<About, Agreed> agreed) {
        if (agreed.isEmpty()) return;
        var rows = List.copyOf(agreed.entrySet());
        jdbc.sql("""
                        with agreed as (
                            select * from unnest(:customers, :channels, :topics, :at, :places)
                                as x (customer_id, channel, topic, at, seq)),
                        theirs as (
                            select a.channel, a.topic, a.at, a.seq, r.address_hash
                            from agreed a join reachable_customers r on r.customer_id = a.customer_id and r.channel = a.channel
                            union all select channel, topic, at, seq, customer_id from agreed where channel = :sms
                            union all select a.channel, a.topic, a.at, a.seq, i.alias_id
                            from agreed a join customer_aliases i on i.customer_id = a.customer_id where a.channel = :sms),
                        lifted as (
                            delete from suppressions s using theirs t
                            where s.reason = 'unsubscribe' and s.channel = t.channel and s.address_hash = t.address_hash
                                and s.topic = t.topic and s.suppressed_at <= t.at
                            returning s.channel, s.address_hash, s.topic, s.source, s.suppressed_at, s.sealed_note, t.seq, t.at)
                        insert into lifted_suppressions
                            (channel, address_hash, topic, source, suppressed_at, sealed_note, seq, lifted_at)
                        select * from lifted
                        union all
                        select distinct on (l.channel, l.address_hash, l.topic, t.seq)
                            l.channel, l.address_hash, l.topic, l.source, l.suppressed_at, l.sealed_note, t.seq, t.at
                        from lifted_suppressions l join theirs t
                            on l.channel = t.channel and l.address_hash = t.address_hash and l.topic = t.topic
                        where l.suppressed_at <= t.at
                        on conflict do nothing
                        """)
                .param("sms", Permissions.SMS)
                .param("customers", longs(rows, a -> a.getKey().customer().value()))
                .param("channels", texts(rows, a -> a.getKey().channel()))
                .param("topics", texts(rows, a -> a.getKey().topic()))
                .param("at", texts("timestamptz", rows, a -> a.getValue().at().toString()))
                .param("places", longs(rows, a -> a.getValue().seq()))
                .update();
    }

    /** What these events took off the list of unsubscribers, and no other word since, stands there again. */
    private void putBack(List<Spoken> events) {
        jdbc.sql("""
                        with gone as (
                            delete from lifted_suppressions where seq = any (:places) returning *)
                        insert into suppressions
                            (channel, address_hash, topic, reason, source, sealed_note, suppressed_at)
                        select distinct on (channel, address_hash, topic)
                            channel, address_hash, topic, 'unsubscribe', source, sealed_note, suppressed_at
                        from gone g
                        where not exists (
                            select 1 from lifted_suppressions l
                            where l.channel = g.channel and l.address_hash = g.address_hash and l.topic = g.topic
                                and l.seq <> all (:places) and l.lifted_at >= g.suppressed_at)
                        order by channel, address_hash, topic, suppressed_at desc
                        on conflict do nothing
                        """).param("places", longs(events, Spoken::seq)).update();
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
