package io.rekindle.identity;

import io.rekindle.collect.Identifier;
import io.rekindle.collect.Identifiers;
import io.rekindle.collect.LoggedEvent;
import io.rekindle.common.CustomerId;
import io.rekindle.common.Page;
import io.rekindle.platform.Questions;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;

/**
 * Which identifiers belong to one person. Everything is under today's identity map; an id nobody has seen belongs to
 * itself. The same map for the history is the warehouse view {@code identity_now}, for PostgreSQL statements of other
 * modules the view {@code customer_aliases (alias_id, customer_id)}.
 */
@Component
public class Identities {
    /** Names of the events by which the product tells itself of merges and un-merges; nothing a customer did. */
    public static final Set<String> REQUESTS = Set.of(RequestEvent.MERGED, RequestEvent.SEPARATED);

    private final JdbcClient jdbc;
    private final Questions questions;
    private final Identifiers identifiers;

    Identities(JdbcClient jdbc, Questions questions, Identifiers identifiers) {
        this.jdbc = jdbc;
        this.questions = questions;
        this.identifiers = identifiers;
    }

    /** Whether an event is no act of a customer but a merge or an un-merge somebody asked for. */
    public static boolean isRequest(LoggedEvent event) {
        return RequestEvent.is(event);
    }

    /** The customer an id stands for today. */
    public CustomerId canonical(CustomerId id) {
        return jdbc.sql("select customer_id from customer_aliases where alias_id = :id")
                .param("id", id.value())
                .query(Long.class)
                .optional()
                .map(CustomerId::new)
                .orElse(id);
    }

    /** The customers of many ids, each id asked for being a key. One statement. */
    public Map<CustomerId, CustomerId> canonical(Collection<CustomerId> ids) {
        var asked = ids.stream().mapToLong(CustomerId::value).distinct().toArray();
        var found = canonical(asked);
        var map = HashMap.<CustomerId, CustomerId>newHashMap(asked.length);
        for (int i = 0; i < asked.length; i++) map.put(new CustomerId(asked[i]), new CustomerId(found[i]));
        return map;
    }

    /** The customers of many ids, place by place. One statement. */
    public long[] canonical(long[] ids) {
        var moved = new HashMap<Long, Long>();
        jdbc.sql("""
                        select alias_id, customer_id from customer_aliases
                        where alias_id = any (:ids) and customer_id <> alias_id
                        """)
                .param(
                        "ids",
                        new SqlArrayValue(
                                "bigint", Arrays.stream(ids).distinct().boxed().toArray()))
                .query(row -> {
                    moved.put(row.getLong("alias_id"), row.getLong("customer_id"));
                });
        return Arrays.stream(ids).map(id -> moved.getOrDefault(id, id)).toArray();
    }

    /** The customer who has an identifier, whatever its spelling; empty when nobody has it. */
    public Optional<CustomerId> find(Identifier.Type type, String value) {
        return identifiers
                .of(type, value)
                .flatMap(identifier -> jdbc.sql("""
                                select coalesce(a.customer_id, i.customer_id) from identifiers i
                                left join customer_aliases a on a.alias_id = i.customer_id
                                where i.id = :id
                                """)
                        .param("id", identifier.id().value())
                        .query(Long.class)
                        .optional())
                .map(CustomerId::new);
    }

    /** Who has each of these identifiers; one nobody has is left out. One statement. */
    public Map<Identifier, CustomerId> find(Collection<Identifier> wanted) {
        var byId = HashMap.<CustomerId, Identifier>newHashMap(wanted.size());
        for (var identifier : wanted) byId.put(identifier.id(), identifier);
        var found = HashMap.<Identifier, CustomerId>newHashMap(byId.size());
        jdbc.sql("select id, customer_id from identifiers where id = any (:ids)")
                .param(
                        "ids",
                        new SqlArrayValue(
                                "bigint",
                                byId.keySet().stream().map(CustomerId::value).toArray()))
                .query(row -> {
                    var identifier = byId.get(new CustomerId(row.getLong("id")));
                    if (identifier != null) found.put(identifier, new CustomerId(row.getLong("customer_id")));
                });
        return found;
    }

    /** All identifiers of a customer, strongest first, then by first sight. Values are not kept, only their hashes. */
    public List<KnownIdentifier> identifiersOf(CustomerId customer) {
        var question = identifiers(customer);
        return strongestFirst(questions.ask(question).to(question));
    }

    /** The question for them, to be asked with others; by first sight, see {@link #strongestFirst}. */
    public static Questions.Question<KnownIdentifier> identifiers(CustomerId customer) {
        return new Questions.Question<>("""
                        select id, type, customer_id, first_seen, linked_at, claims, shared_since from identifiers
                        where customer_id = coalesce(
                            (select a.customer_id from customer_aliases a where a.alias_id = :customer), :customer)
                        order by first_seen, id
                        """, Map.of("customer", customer.value()), IdentityStore::known);
    }

    /** The same identifiers by their type, else in the order given. */
    public static List<KnownIdentifier> strongestFirst(List<KnownIdentifier> known) {
        return known.stream()
                .sorted(Comparator.comparing(k -> k.identifier().type()))
                .toList();
    }

    /**
     * Whose identifiers came to whom, in the order it happened: merges and un-merges. Whoever keeps state by customer reads
     * them before anything else of a batch, works out anew what the customers touched have, and remembers the last number
     * in the same transaction. Ask for regroupings first and for {@link #canonical} after it: one in between then finds
     * its way with the next batch, and no state is left behind.
     */
    public List<Regrouping> regroupingsAfter(long number, int limit) {
        return jdbc.sql("""
                        select id, loser, winner, merged_at, split from identity_merges
                        where id > :number order by id limit :limit
                        """)
                .param("number", number)
                .param("limit", limit)
                .query((row, n) -> new Regrouping(
                        row.getLong("id"),
                        new CustomerId(row.getLong("loser")),
                        new CustomerId(row.getLong("winner")),
                        IdentityStore.instant(row, "merged_at"),
                        row.getBoolean("split")))
                .list();
    }

    /** Every id that stands for one of these customers today, theirs among them; keyed by that id. One statement. */
    public Map<CustomerId, CustomerId> aliasesOf(Collection<CustomerId> customers) {
        var aliases = HashMap.<CustomerId, CustomerId>newHashMap(2 * customers.size());
        for (var customer : customers) aliases.put(customer, customer);
        jdbc.sql("select alias_id, customer_id from customer_aliases where customer_id = any (:customers)")
                .param(
                        "customers",
                        new SqlArrayValue(
                                "bigint",
                                customers.stream().map(CustomerId::value).toArray()))
                .query(row -> {
                    aliases.put(new CustomerId(row.getLong("alias_id")), new CustomerId(row.getLong("customer_id")));
                });
        return aliases;
    }

    /** The number of the latest of {@link #regroupingsAfter}; 0 when there is none. */
    public long latestMerge() {
        return jdbc.sql("select coalesce(max(id), 0) from identity_merges")
                .query(Long.class)
                .single();
    }

    /** Those of these ids that took part in a merge with a number above the given one, on either side. One statement. */
    public Set<CustomerId> mergedAfter(long number, Collection<CustomerId> ids) {
        return new HashSet<>(jdbc.sql("""
                        select x.id from unnest(:ids) as x (id)
                        where exists (select 1 from identity_merges m where m.loser = x.id and m.id > :number)
                            or exists (select 1 from identity_merges m where m.winner = x.id and m.id > :number)
                        """)
                .param(
                        "ids",
                        new SqlArrayValue(
                                "bigint",
                                ids.stream().map(CustomerId::value).distinct().toArray()))
                .param("number", number)
                .query((row, n) -> new CustomerId(row.getLong("id")))
                .list());
    }

    /** Another customer, and the kind of identifier both have come with. */
    public record Sharer(CustomerId customer, Identifier.Type through) {}

    /**
     * Who came with an identifier this customer came with too, and is somebody else for all that: those links were refused
     * because two people use one thing. Of an identifier that more than {@code most} people use nobody is named: that is a
     * shop's tablet, not a home's. Ordered by customer and type; each pair once.
     */
    public List<Sharer> sharers(CustomerId customer, Set<Identifier.Type> types, int most) {
        return jdbc.sql("""
                        with mine as (
                            select distinct c.identifier_id
                            from customer_aliases a join identity_conflicts c
                                on c.customer_id = a.alias_id or c.refused_customer_id = a.alias_id
                            where a.customer_id = :customer and c.reason in ('second_user_id', 'second_person', 'shared') and c.type = any (:types)),
                        users as (
                            select c.identifier_id, c.type, coalesce(a.customer_id, u.id) as customer_id
                            from mine m join identity_conflicts c on c.identifier_id = m.identifier_id
                            cross join lateral (values (c.customer_id), (c.refused_customer_id)) as u (id)
                            left join customer_aliases a on a.alias_id = u.id
                            where c.reason in ('second_user_id', 'second_person', 'shared')),
                        few as (
                            select identifier_id from users group by identifier_id
                            having count(distinct customer_id) <= :most and bool_or(customer_id = :customer))
                        select distinct u.customer_id, u.type from users u join few f on f.identifier_id = u.identifier_id
                        where u.customer_id <> :customer order by u.customer_id, u.type
                        """)
                .param("customer", canonical(customer).value())
                .param(
                        "types",
                        new SqlArrayValue(
                                "text",
                                types.stream().map(Identifier.Type::code).toArray()))
                .param("most", most)
                .query((row, n) -> new Sharer(
                        new CustomerId(row.getLong("customer_id")), IdentityStore.type(row.getString("type"))))
                .list();
    }

    /** Identifiers that several people use, the latest first; the cursor is the number of those already seen. */
    public Page<KnownIdentifier> shared(int from, int limit) {
        var rows = jdbc.sql("""
                        select id, type, customer_id, first_seen, linked_at, claims, shared_since from identifiers
                        where shared_since is not null order by shared_since desc, id offset :from limit :limit
                        """)
                .param("from", from)
                .param("limit", limit + 1)
                .query(IdentityStore::known)
                .list();
        return Page.of(rows, limit, any -> Integer.toString(from + limit));
    }

    /** Links that were refused, latest entry first; the cursor is the entry to go on below. */
    public Page<Conflict> conflicts(long below, int limit) {
        record Entry(long id, Conflict conflict) {}
        var rows = jdbc.sql("""
                        select id, identifier_id, type, customer_id, refused_customer_id, reason, first_at, last_at, times
                        from identity_conflicts where id < :below order by id desc limit :limit
                        """)
                .param("below", below)
                .param("limit", limit + 1)
                .query((row, n) -> new Entry(
                        row.getLong("id"),
                        new Conflict(
                                new Identifier(
                                        IdentityStore.type(row.getString("type")),
                                        new CustomerId(row.getLong("identifier_id"))),
                                new CustomerId(row.getLong("customer_id")),
                                new CustomerId(row.getLong("refused_customer_id")),
                                Conflict.Reason.valueOf(row.getString("reason").toUpperCase(java.util.Locale.ROOT)),
                                IdentityStore.instant(row, "first_at"),
                                IdentityStore.instant(row, "last_at"),
                                row.getLong("times"))))
                .list();
        var page = Page.of(rows, limit, e -> Long.toString(e.id()));
        return new Page<>(page.items().stream().map(Entry::conflict).toList(), page.nextCursor());
    }
}
