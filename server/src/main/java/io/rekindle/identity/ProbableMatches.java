package io.rekindle.identity;

import io.rekindle.access.AuditTrail;
import io.rekindle.access.Caller;
import io.rekindle.collect.Identifier;
import io.rekindle.common.CustomerId;
import io.rekindle.common.Page;
import io.rekindle.models.linkage.Columns;
import io.rekindle.models.linkage.Linkage;
import io.rekindle.platform.Backlog;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Job;
import io.rekindle.platform.Jobs;
import io.rekindle.platform.Problem;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * Customers that are probably one person, by what is known of them: found in batch by the linkage model, put into a queue to
 * be accepted or rejected, and merged without asking from a probability on that the rules name.
 *
 * <p>A group of more than two is proposed as the pairs that hold it together best, one fewer than it has members. What was
 * rejected, or taken apart after it was one, does not come up again, whatever ids the two have by then, and is in no group.
 */
@Component
public class ProbableMatches implements Job {
    private static final String EVERYBODY = "everybody";
    /** The instance of the job that looks for nobody, and carries out what was decided. */
    private static final String SETTLE = "settle";

    private static final int MOST_CUSTOMERS = 2_000_000;
    private static final double LEAST = .5;
    private static final long SEED = 1;

    private final JdbcClient jdbc;
    private final TransactionTemplate transactions;
    private final PeopleToCompare people;
    private final Identities identities;
    private final IdentityRules rules;
    private final Merges merges;
    private final Jobs jobs;
    private final ObjectProvider<Backlog> backlogs;
    private final BusinessClock clock;
    private final AuditTrail audit;
    private final JsonMapper json;

    ProbableMatches(
            JdbcClient jdbc,
            TransactionTemplate transactions,
            PeopleToCompare people,
            Identities identities,
            IdentityRules rules,
            Merges merges,
            Jobs jobs,
            ObjectProvider<Backlog> backlogs,
            BusinessClock clock,
            AuditTrail audit,
            JsonMapper json) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.people = people;
        this.identities = identities;
        this.rules = rules;
        this.merges = merges;
        this.jobs = jobs;
        this.backlogs = backlogs;
        this.clock = clock;
        this.audit = audit;
        this.json = json;
    }

    /**
     * One search. What is counted is null until it has ended.
     *
     * @param sourceId whose customers were looked at; null for everybody
     * @param state waiting, running, done or failed
     * @param compared pairs looked at
     * @param found pairs proposed
     * @param merged pairs merged without asking
     */
    public record Search(
            long id,
            @Nullable Integer sourceId,
            Instant askedAt,
            String askedBy,
            String state,
            @Nullable Integer customers,
            @Nullable Long compared,
            @Nullable Integer found,
            @Nullable Integer merged,
            @Nullable String failure,
            @Nullable Instant endedAt) {}

    private record Pair(Identifier left, Identifier right, double probability, List<Candidate.Evidence> evidence) {}

    @Override
    public String name() {
        return "probable-matches";
    }

    /** Begins a search as soon as the jobs get to it. */
    public Search ask(@Nullable Integer sourceId) {
        var search = Objects.requireNonNull(transactions.execute(status -> {
            long id = begun(sourceId);
            jobs.schedule(name(), Long.toString(id), clock.instant());
            audit.record("identity.search", "search " + id, sourceId == null ? EVERYBODY : "source " + sourceId);
            return search(id);
        }));
        // Where the clock is held nobody else does.
        for (var backlog : backlogs) backlog.wake();
        return search;
    }

    private long begun(@Nullable Integer sourceId) {
        return jdbc.sql("""
                        insert into identity_searches (source_id, asked_at, asked_by, state)
                        values (nullif(:source, 0), cast(:at as timestamptz), :by, 'waiting') returning id
                        """)
                .param("source", sourceId == null ? 0 : sourceId)
                .param("at", clock.instant().toString())
                .param("by", Caller.current().name())
                .query(Long.class)
                .single();
    }

    /** A search by its number. */
    public Search search(long id) {
        return jdbc.sql("select * from identity_searches where id = :id")
                .param("id", id)
                .query((row, n) -> search(row))
                .optional()
                .orElseThrow(() -> Problem.notFound("identity_search_not_found", "there is no search {id}")
                        .with("id", id));
    }

    /** The latest searches. */
    public List<Search> searches() {
        return jdbc.sql("select * from identity_searches order by id desc limit 20")
                .query((row, n) -> search(row))
                .list();
    }

    private static Search search(ResultSet row) throws SQLException {
        var ended = row.getObject("ended_at", OffsetDateTime.class);
        return new Search(
                row.getLong("id"),
                (Integer) row.getObject("source_id"),
                IdentityStore.instant(row, "asked_at"),
                row.getString("asked_by"),
                row.getString("state"),
                (Integer) row.getObject("customers"),
                (Long) row.getObject("compared"),
                (Integer) row.getObject("found"),
                (Integer) row.getObject("merged"),
                row.getString("failure"),
                ended == null ? null : ended.toInstant());
    }

    @Override
    public void run(String instance) {
        if (instance.equals(SETTLE)) {
            settle();
            return;
        }
        long id = Long.parseLong(instance);
        var search = search(id);
        if (search.state().equals("done")) return;
        try {
            look(search);
        } catch (Problem e) {
            ended(id, "failed", null, null, null, null, e.detail());
        }
    }

    private void look(Search search) {
        settle();
        var compared = people.read(search.sourceId());
        int size = compared.customers().size();
        if (size > MOST_CUSTOMERS)
            throw Problem.conflict(
                            "too_many_to_compare",
                            "{customers} customers are too many to compare at once; name a source")
                    .with("customers", size);
        if (size < 2 || compared.names().isEmpty()) {
            ended(search.id(), "done", size, 0L, 0, 0, null);
            return;
        }
        var linkage = Linkage.within(
                Columns.detect(compared.names(), compared.values()),
                new Linkage.Settings(LEAST, Linkage.Settings.USUAL.pairsPerRecord(), SEED));
        var probable = rules.document().probable();
        var decided = decided();
        var news = pairs(compared, linkage).stream()
                .filter(pair -> pair.probability() >= probable.review())
                .filter(pair -> !decided.contains(key(pair.left(), pair.right())))
                .toList();
        var automatic = probable.automatic();
        var sure = automatic == null
                ? List.<Pair>of()
                : news.stream().filter(p -> p.probability() >= automatic).toList();
        var kept = automatic == null
                ? news
                : news.stream().filter(p -> p.probability() < automatic).toList();
        transactions.executeWithoutResult(status -> {
            if (search.sourceId() == null)
                jdbc.sql("delete from identity_candidates where state = 'open'").update();
            store(kept, Candidate.State.OPEN);
            store(sure, Candidate.State.AUTOMATIC);
        });
        int merged = sure.isEmpty()
                ? 0
                : merges.mergeProbable(sure.stream()
                        .map(p -> new Merges.Match(p.left(), p.right(), p.probability()))
                        .toList());
        ended(search.id(), "done", size, linkage.blocking().pairs(), kept.size(), merged, null);
    }

    /**
     * Of each group the pairs that hold it together best: a tree of the likeliest. Two of whom somebody said that they are
     * two people are in no group together, by whatever way.
     */
    private List<Pair> pairs(PeopleToCompare.Compared compared, Linkage linkage) {
        var types = typesOf(compared.customers());
        var apart = apart(compared.customers());
        var matches = new ArrayList<>(linkage.matches());
        matches.sort(Comparator.comparingDouble(Linkage.Match::probability)
                .reversed()
                .thenComparingInt(Linkage.Match::left)
                .thenComparingInt(Linkage.Match::right));
        int[] group = new int[compared.customers().size()];
        for (int i = 0; i < group.length; i++) group[i] = i;
        var pairs = new ArrayList<Pair>();
        for (var match : matches) {
            int one = find(group, match.left());
            int other = find(group, match.right());
            if (one == other || areApart(apart, group, one, other)) continue;
            group[other] = one;
            var others = apart.remove(other);
            if (others != null)
                apart.computeIfAbsent(one, any -> new HashSet<>()).addAll(others);
            long left = compared.customers().get(match.left());
            long right = compared.customers().get(match.right());
            var leftType = types.get(left);
            var rightType = types.get(right);
            if (leftType == null || rightType == null) continue;
            pairs.add(new Pair(
                    new Identifier(leftType, new CustomerId(left)),
                    new Identifier(rightType, new CustomerId(right)),
                    match.probability(),
                    linkage.explain(match).evidence().stream()
                            .map(e -> new Candidate.Evidence(e.field(), e.level(), e.bits()))
                            .toList()));
        }
        return pairs;
    }

    private static int find(int[] group, int of) {
        int at = of;
        while (group[at] != at) at = group[at] = group[group[at]];
        return at;
    }

    private Map<Long, Identifier.Type> typesOf(List<Long> customers) {
        var types = HashMap.<Long, Identifier.Type>newHashMap(customers.size());
        jdbc.sql("select id, type from identifiers where id = any (:ids)")
                .param("ids", new SqlArrayValue("bigint", customers.toArray()))
                .query(row -> {
                    types.put(row.getLong("id"), IdentityStore.type(row.getString("type")));
                });
        return types;
    }

    /** Pairs that were to be one, and are not because it was refused. */
    private Set<String> decided() {
        var decided = new HashSet<String>();
        jdbc.sql("select left_id, right_id from identity_candidates where state in ('accepted', 'automatic')")
                .query(row -> {
                    decided.add(key(row.getLong("left_id"), row.getLong("right_id")));
                });
        return decided;
    }

    private static String key(Identifier left, Identifier right) {
        return key(left.id().value(), right.id().value());
    }

    private static String key(long left, long right) {
        return Math.min(left, right) + " " + Math.max(left, right);
    }

    private static boolean areApart(Map<Integer, Set<Integer>> apart, int[] group, int one, int other) {
        var ofOne = apart.getOrDefault(one, Set.of());
        var ofOther = apart.getOrDefault(other, Set.of());
        boolean oneHasFewer = ofOne.size() <= ofOther.size();
        int from = oneHasFewer ? other : one;
        return (oneHasFewer ? ofOne : ofOther).stream().anyMatch(place -> find(group, place) == from);
    }

    /** Who must not become one with whom, as the customers are today: by their places in the list. */
    private Map<Integer, Set<Integer>> apart(List<Long> customers) {
        var places = HashMap.<Long, Integer>newHashMap(customers.size());
        for (int i = 0; i < customers.size(); i++) places.put(customers.get(i), i);
        var apart = new HashMap<Integer, Set<Integer>>();
        jdbc.sql("""
                        select coalesce(l.customer_id, p.left_id) as one, coalesce(r.customer_id, p.right_id) as other
                        from (select left_id, right_id from identity_candidates where state = 'rejected'
                              union select left_id, right_id from identity_separations) p
                        left join customer_aliases l on l.alias_id = p.left_id
                        left join customer_aliases r on r.alias_id = p.right_id
                        """).query(row -> {
            var one = places.get(row.getLong("one"));
            var other = places.get(row.getLong("other"));
            if (one == null || other == null || one.equals(other)) return;
            apart.computeIfAbsent(one, any -> new HashSet<>()).add(other);
            apart.computeIfAbsent(other, any -> new HashSet<>()).add(one);
        });
        return apart;
    }

    private void store(List<Pair> pairs, Candidate.State state) {
        if (pairs.isEmpty()) return;
        jdbc.sql("""
                        insert into identity_candidates
                            (left_id, left_type, right_id, right_type, probability, evidence, state, found_at, decided_at, decided_by)
                        select l, lt, r, rt, p, e::jsonb, :state, cast(:at as timestamptz),
                            case when :state = 'open' then null else cast(:at as timestamptz) end,
                            case when :state = 'open' then null else 'rules' end
                        from unnest(:lefts, :leftTypes, :rights, :rightTypes, :probabilities, :evidence) as c (l, lt, r, rt, p, e)
                        on conflict (left_id, right_id) do update
                        set probability = excluded.probability, evidence = excluded.evidence, state = excluded.state,
                            found_at = excluded.found_at, decided_at = excluded.decided_at, decided_by = excluded.decided_by
                        where identity_candidates.state = 'open'
                        """)
                .param("state", state.code())
                .param("at", clock.instant().toString())
                .param("lefts", IdentityStore.longs(pairs, p -> p.left().id().value()))
                .param(
                        "leftTypes",
                        IdentityStore.texts(pairs, p -> p.left().type().code()))
                .param("rights", IdentityStore.longs(pairs, p -> p.right().id().value()))
                .param(
                        "rightTypes",
                        IdentityStore.texts(pairs, p -> p.right().type().code()))
                .param(
                        "probabilities",
                        new SqlArrayValue(
                                "double precision",
                                pairs.stream().map(Pair::probability).toArray()))
                .param("evidence", IdentityStore.texts(pairs, p -> json.writeValueAsString(p.evidence())))
                .update();
    }

    private void ended(
            long id,
            String state,
            @Nullable Integer customers,
            @Nullable Long compared,
            @Nullable Integer found,
            @Nullable Integer merged,
            @Nullable String failure) {
        jdbc.sql("""
                        update identity_searches set state = :state, customers = :customers, compared = :compared,
                            found = :found, merged = :merged, failure = :failure, ended_at = cast(:at as timestamptz)
                        where id = :id
                        """)
                .param("id", id)
                .param("state", state)
                .param("customers", customers)
                .param("compared", compared)
                .param("found", found)
                .param("merged", merged)
                .param("failure", failure)
                .param("at", clock.instant().toString())
                .update();
    }

    /** How many are to be looked at. */
    public long open() {
        return jdbc.sql("select count(*) from identity_candidates where state = 'open'")
                .query(Long.class)
                .single();
    }

    /** Candidates in one state, the likeliest first; the cursor is the number of those already seen. */
    public Page<Candidate> page(Candidate.State state, int from, int limit) {
        var rows = jdbc.sql("""
                        select id, left_id, left_type, right_id, right_type, probability, evidence::text as evidence, state,
                            found_at, decided_at, decided_by
                        from identity_candidates where state = :state order by probability desc, id offset :from limit :limit
                        """)
                .param("state", state.code())
                .param("from", from)
                .param("limit", limit + 1)
                .query((row, n) -> candidate(row))
                .list();
        return Page.of(rows, limit, any -> Integer.toString(from + limit));
    }

    private Candidate candidate(ResultSet row) throws SQLException {
        var decided = row.getObject("decided_at", OffsetDateTime.class);
        var evidence = new ArrayList<Candidate.Evidence>();
        for (var one : json.readTree(row.getString("evidence")))
            evidence.add(new Candidate.Evidence(
                    one.path("field").asString(""),
                    one.path("level").asString(""),
                    one.path("bits").doubleValue()));
        return new Candidate(
                row.getLong("id"),
                new Identifier(IdentityStore.type(row.getString("left_type")), new CustomerId(row.getLong("left_id"))),
                new Identifier(
                        IdentityStore.type(row.getString("right_type")), new CustomerId(row.getLong("right_id"))),
                row.getDouble("probability"),
                evidence,
                Candidate.State.valueOf(row.getString("state").toUpperCase(java.util.Locale.ROOT)),
                IdentityStore.instant(row, "found_at"),
                decided == null ? null : decided.toInstant(),
                row.getString("decided_by"));
    }

    /**
     * Says of candidates that they are one person, or two. Those that were decided in the meantime, or are one by now, are
     * left as they are. Two people are kept apart from then on, whatever evidence comes: as after an un-merge.
     *
     * @return how many pairs were decided
     */
    public int decide(Collection<Long> ids, boolean same) {
        var decided = Objects.requireNonNull(transactions.execute(status -> write(ids, same)));
        if (same) merges.mergeProbable(decided);
        else merges.keepApart(decided);
        return decided.size();
    }

    /**
     * Carries out what was decided and not done, because the server ended in between: pairs that are to be one and were never
     * linked, refused or taken apart; and pairs that are to be two and are not kept apart.
     */
    void settle() {
        var pairs = unsettled();
        if (pairs.isEmpty()) return;
        merges.mergeProbable(
                pairs.stream().filter(p -> !p.rejected()).map(Decided::pair).toList());
        merges.keepApart(
                pairs.stream().filter(Decided::rejected).map(Decided::pair).toList());
    }

    @EventListener(ApplicationReadyEvent.class)
    void settleFromTheStart() {
        if (unsettled().isEmpty()) return;
        transactions.executeWithoutResult(status -> jobs.schedule(name(), SETTLE, clock.instant()));
        for (var backlog : backlogs) backlog.wake();
    }

    private List<Decided> unsettled() {
        return jdbc.sql("""
                        select c.left_id, c.left_type, c.right_id, c.right_type, c.probability, c.state
                        from identity_candidates c join identifiers l on l.id = c.left_id join identifiers r on r.id = c.right_id
                        where c.state <> 'open' and l.customer_id <> r.customer_id
                            and not exists (select from identity_separations s
                                where s.left_id = least(c.left_id, c.right_id) and s.right_id = greatest(c.left_id, c.right_id))
                            and (c.state = 'rejected' or not exists (select from identity_links k
                                    where k.left_id = c.left_id and k.right_id = c.right_id and k.rule = 'probable_match')
                                and not exists (select from identity_conflicts x
                                    where x.identifier_id = c.right_id and x.refused_customer_id in (c.left_id, l.customer_id)
                                        and x.reason in ('separated', 'too_large')))
                        order by c.id
                        """)
                .query((row, n) -> new Decided(row.getString("state").equals("rejected"), match(row)))
                .list();
    }

    private record Decided(boolean rejected, Merges.Match pair) {}

    private static Merges.Match match(ResultSet row) throws SQLException {
        return new Merges.Match(
                new Identifier(IdentityStore.type(row.getString("left_type")), new CustomerId(row.getLong("left_id"))),
                new Identifier(
                        IdentityStore.type(row.getString("right_type")), new CustomerId(row.getLong("right_id"))),
                row.getDouble("probability"));
    }

    private List<Merges.Match> write(Collection<Long> ids, boolean same) {
        var decided = jdbc.sql("""
                        update identity_candidates set state = :state, decided_at = :at, decided_by = :by
                        where id = any (:ids) and state = 'open'
                        returning left_id, left_type, right_id, right_type, probability
                        """)
                .param("state", same ? "accepted" : "rejected")
                .param("at", OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC))
                .param("by", Caller.current().name())
                .param("ids", new SqlArrayValue("bigint", ids.toArray()))
                .query((row, n) -> match(row))
                .list();
        if (!decided.isEmpty())
            audit.record(
                    same ? "identity.accept" : "identity.reject", decided.size() + " probable matches", ids.toString());
        return decided;
    }

    /** All open candidates from a probability on. */
    public List<Long> openFrom(double probability) {
        return jdbc.sql("select id from identity_candidates where state = 'open' and probability >= :p order by id")
                .param("p", probability)
                .query((row, n) -> row.getLong("id"))
                .list();
    }

    /** The customers of candidates as they are today. */
    public Map<CustomerId, CustomerId> today(List<Candidate> candidates) {
        var ids = new ArrayList<CustomerId>();
        for (var candidate : candidates) {
            ids.add(candidate.left().id());
            ids.add(candidate.right().id());
        }
        return identities.canonical(ids);
    }
}
