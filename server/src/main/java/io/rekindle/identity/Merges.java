package io.rekindle.identity;

import io.rekindle.access.AuditTrail;
import io.rekindle.access.Caller;
import io.rekindle.collect.EventLog;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.Tails;
import io.rekindle.common.CustomerId;
import io.rekindle.common.Page;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Problem;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The journal of merges, and the way to make and to undo one. A merge or an un-merge somebody asks for is an event of the
 * log like any other, so it has its place among them; when a method returns, every module has taken it up.
 */
@Component
public class Merges {
    private static final int AT_ONCE = 2_000;
    private static final int LONGEST_REASON = 500;

    private final JdbcClient jdbc;
    private final TransactionTemplate transactions;
    private final Identities identities;
    private final EventLog log;
    private final Tails tails;
    private final BusinessClock clock;
    private final AuditTrail audit;

    Merges(
            JdbcClient jdbc,
            TransactionTemplate transactions,
            Identities identities,
            EventLog log,
            Tails tails,
            BusinessClock clock,
            AuditTrail audit) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.identities = identities;
        this.log = log;
        this.tails = tails;
        this.clock = clock;
        this.audit = audit;
    }

    /**
     * An entry of the journal with who asked for it and who had it undone; null where an event of the log said so by itself,
     * or where it holds.
     */
    public record Entry(
            Link link, @Nullable String by, @Nullable String undoneBy) {}

    /** Two identifiers that are one person's with a probability. */
    public record Match(Identifier left, Identifier right, double probability) {}

    /**
     * Entries, latest first; the cursor is the entry to go on below.
     *
     * @param customer only those of this customer: of its identifiers of today, and those that once were
     * @param rule only those by this rule
     * @param mergesOnly without first sights of an identifier beside a known one
     */
    public Page<Entry> journal(
            @Nullable CustomerId customer, Link.@Nullable Rule rule, boolean mergesOnly, long below, int limit) {
        var rows = jdbc.sql("select " + ENTRY + """
                         from identity_links l left join identity_requests q on q.id = l.request_id
                         left join identity_requests u on u.id = l.undone_request_id
                        where l.id < :below and l.winner <> l.loser and (l.merged or not :mergesOnly)
                            and (:rule = '' or l.rule = :rule)
                            and (:anybody or l.winner = :customer or l.loser = :customer
                                or l.left_id in (select alias_id from customer_aliases where customer_id = :customer)
                                or l.right_id in (select alias_id from customer_aliases where customer_id = :customer))
                        order by l.id desc limit :limit
                        """)
                .param("below", below)
                .param("mergesOnly", mergesOnly)
                .param("rule", rule == null ? "" : rule.code())
                .param("anybody", customer == null)
                .param(
                        "customer",
                        customer == null ? 0 : identities.canonical(customer).value())
                .param("limit", limit + 1)
                .query(Merges::entry)
                .list();
        return Page.of(rows, limit, e -> Long.toString(e.link().number()));
    }

    private static final String ENTRY =
            "l." + IdentityStore.LINK.replace(", ", ", l.") + ", q.requested_by as by, u.requested_by as undone_by";

    private static Entry entry(ResultSet row, int number) throws SQLException {
        return new Entry(IdentityStore.link(row, number), row.getString("by"), row.getString("undone_by"));
    }

    /** One entry; empty when there is none of this number. */
    public Optional<Entry> get(long number) {
        return jdbc.sql("select " + ENTRY + """
                         from identity_links l left join identity_requests q on q.id = l.request_id
                         left join identity_requests u on u.id = l.undone_request_id where l.id = :number
                        """)
                .param("number", number)
                .query(Merges::entry)
                .optional();
    }

    /**
     * Makes one customer of two because somebody says so, whatever limits there are, also where they were taken apart before.
     *
     * @throws Problem {@code customer_not_found}, {@code identity_already_one}
     */
    public Entry mergeByHand(CustomerId one, CustomerId other) {
        return mergeByHand(one, other, "");
    }

    /** The same, with why: it stands in the audit trail, and so names nobody. */
    public Entry mergeByHand(CustomerId one, CustomerId other, String reason) {
        if (reason.length() > LONGEST_REASON)
            throw Problem.invalid("merge_reason_long", "a reason has at most {most} characters")
                    .with("most", LONGEST_REASON);
        var left = own(one);
        var right = own(other);
        if (left.equals(right))
            throw Problem.conflict("identity_already_one", "{one} and {other} are one customer already")
                    .with("one", one)
                    .with("other", other);
        var numbers = ask(List.of(new Match(left, right, 1)), true, Link.Rule.BY_HAND);
        if (!reason.isBlank())
            audit.record(
                    AuditTrail.REASON_OF_A_MERGE,
                    "customers %s and %s".formatted(left.id(), right.id()),
                    reason.strip());
        return jdbc.sql("select " + ENTRY + """
                         from identity_links l left join identity_requests q on q.id = l.request_id
                         left join identity_requests u on u.id = l.undone_request_id where l.request_id = :request
                        """)
                .param("request", numbers.getFirst())
                .query(Merges::entry)
                .optional()
                .orElseThrow(
                        () -> Problem.conflict("identity_already_one", "{one} and {other} are one customer already")
                                .with("one", one)
                                .with("other", other));
    }

    private Identifier own(CustomerId customer) {
        return jdbc.sql("select id, type from identifiers where id = :id")
                .param("id", identities.canonical(customer).value())
                .query((row, n) ->
                        new Identifier(IdentityStore.type(row.getString("type")), new CustomerId(row.getLong("id"))))
                .optional()
                .orElseThrow(() -> Problem.notFound("customer_not_found", "there is no customer {id}")
                        .with("id", customer));
    }

    /**
     * Makes one customer of each pair that is probably one; pairs that are one already, or were taken apart, stay as they
     * are. Returns how many pairs became one.
     */
    public int mergeProbable(Collection<Match> matches) {
        int merged = 0;
        var all = List.copyOf(matches);
        for (int from = 0; from < all.size(); from += AT_ONCE) {
            var requests = ask(all.subList(from, Math.min(all.size(), from + AT_ONCE)), true, Link.Rule.PROBABLE_MATCH);
            merged += jdbc.sql("select count(*) from identity_links where request_id = any (:requests)")
                    .param("requests", new SqlArrayValue("bigint", requests.toArray()))
                    .query(Integer.class)
                    .single();
        }
        return merged;
    }

    /** Keeps each pair apart that is not one by now: no evidence joins them, also by way of a third. */
    void keepApart(Collection<Match> pairs) {
        var ids = new ArrayList<CustomerId>(2 * pairs.size());
        for (var pair : pairs) {
            ids.add(pair.left().id());
            ids.add(pair.right().id());
        }
        var today = identities.canonical(ids);
        var two = pairs.stream()
                .filter(p -> !Objects.equals(
                        today.get(p.left().id()), today.get(p.right().id())))
                .toList();
        for (int from = 0; from < two.size(); from += AT_ONCE)
            ask(two.subList(from, Math.min(two.size(), from + AT_ONCE)), false, Link.Rule.PROBABLE_MATCH);
    }

    /**
     * Undoes a merge: both customers have again what they had, and what came to either since. The same evidence does not
     * join them again.
     *
     * @throws Problem {@code identity_merge_not_found}, {@code identity_merge_undone}
     */
    public Entry undo(long number) {
        var entry = get(number)
                .orElseThrow(() -> Problem.notFound("identity_merge_not_found", "there is no merge {number}")
                        .with("number", number));
        if (entry.link().undone() != null)
            throw Problem.conflict("identity_merge_undone", "merge {number} is undone already")
                    .with("number", number);
        undo(List.of(entry.link()));
        return get(number).orElse(entry);
    }

    /** Undoes every merge by a rule that was made from an instant on and still holds; returns how many. */
    public int undoAll(Link.Rule rule, Instant from) {
        var links = jdbc.sql("select " + IdentityStore.LINK + """
                         from identity_links where undone_seq is null and rule = :rule and linked_at >= :from order by id
                        """)
                .param("rule", rule.code())
                .param("from", java.time.OffsetDateTime.ofInstant(from, java.time.ZoneOffset.UTC))
                .query(IdentityStore::link)
                .list();
        for (int at = 0; at < links.size(); at += AT_ONCE)
            undo(links.subList(at, Math.min(links.size(), at + AT_ONCE)));
        return links.size();
    }

    private void undo(List<Link> links) {
        ask(
                links.stream().map(l -> new Match(l.left(), l.right(), 1)).toList(),
                false,
                links.getFirst().rule());
    }

    /** Writes requests down, says them to the log, and waits until everybody has taken them up. */
    private List<Long> ask(List<Match> pairs, boolean merge, Link.Rule rule) {
        var at = clock.instant();
        var numbers = Objects.requireNonNull(transactions.execute(status -> writeDown(pairs, merge, rule, at)));
        var events = new ArrayList<EventLog.OwnEvent>(pairs.size());
        for (int i = 0; i < pairs.size(); i++) {
            var pair = pairs.get(i);
            events.add(RequestEvent.event(
                    merge,
                    pair.left(),
                    pair.right(),
                    rule,
                    merge && rule == Link.Rule.PROBABLE_MATCH ? pair.probability() : null,
                    numbers.get(i),
                    at));
        }
        log.accept(events);
        tails.awaitAll(log.lastSeq());
        return numbers;
    }

    private List<Long> writeDown(List<Match> pairs, boolean merge, Link.Rule rule, Instant at) {
        var by = Caller.current().name();
        var numbers = jdbc.sql("""
                        insert into identity_requests (kind, left_id, right_id, rule, requested_by, requested_at)
                        select :kind, l, r, :rule, :by, cast(:at as timestamptz) from unnest(:lefts, :rights) with ordinality as p (l, r, place)
                        order by place returning id
                        """)
                .param("kind", merge ? "merge" : "unmerge")
                .param("rule", rule.code())
                .param("by", by)
                .param("at", at.toString())
                .param("lefts", IdentityStore.longs(pairs, p -> p.left().id().value()))
                .param("rights", IdentityStore.longs(pairs, p -> p.right().id().value()))
                .query((row, n) -> row.getLong("id"))
                .list();
        var first = pairs.getFirst();
        audit.record(
                merge ? "identity.merge" : "identity.unmerge",
                pairs.size() == 1
                        ? "customers %s and %s"
                                .formatted(first.left().id(), first.right().id())
                        : pairs.size() + " pairs of customers",
                rule.code());
        return numbers;
    }
}
