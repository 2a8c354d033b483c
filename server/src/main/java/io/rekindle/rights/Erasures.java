package io.rekindle.rights;

import io.rekindle.access.AuditTrail;
import io.rekindle.access.Caller;
import io.rekindle.collect.EventLog;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.Identifiers;
import io.rekindle.collect.Tails;
import io.rekindle.collect.Tombstones;
import io.rekindle.common.CustomerId;
import io.rekindle.common.Page;
import io.rekindle.platform.Backlog;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Jobs;
import io.rekindle.platform.Mentions;
import io.rekindle.platform.PersonalData;
import io.rekindle.platform.Problem;
import io.rekindle.platform.SystemClock;
import io.rekindle.platform.Vault;
import io.rekindle.platform.WriteGate;
import io.rekindle.profile.Profiles;
import io.rekindle.warehouse.Warehouse;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Removes persons for good ({@code docs/personal-data.md} says what that means). First, within moments: their identifiers
 * are refused from then on, every module's rows go and the keys of everything sealed about them are destroyed, in all
 * backups at once. Then, within a day: the files of both stores are written anew, with random ids in the place of theirs,
 * so that figures stay and nothing tells of whom they are. Each step may be repeated; after a crash the job goes on.
 */
@Component
public class Erasures implements Backlog, Tombstones.Returning {
    static final String HIDE = "erasure";

    private static final Logger LOG = LoggerFactory.getLogger(Erasures.class);
    private static final int LONGEST_REASON = 500;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final JdbcClient jdbc;
    private final DataSource database;
    private final TransactionTemplate transactions;
    private final Persons persons;
    private final PersonalRows rows;
    private final Profiles profiles;
    private final Identifiers identifiers;
    private final Tombstones tombstones;
    private final EventLog log;
    private final Tails tails;
    private final Vault vault;
    private final Warehouse warehouse;
    private final WriteGate gate;
    private final Jobs jobs;
    private final BusinessClock business;
    private final SystemClock clock;
    private final AuditTrail audit;
    private final ErasureSettings settings;
    private final ReentrantLock finishing = new ReentrantLock();

    Erasures(
            JdbcClient jdbc,
            DataSource database,
            PlatformTransactionManager transactionManager,
            Persons persons,
            PersonalRows rows,
            Profiles profiles,
            Identifiers identifiers,
            Tombstones tombstones,
            EventLog log,
            Tails tails,
            Vault vault,
            Warehouse warehouse,
            WriteGate gate,
            Jobs jobs,
            BusinessClock business,
            SystemClock clock,
            AuditTrail audit,
            ErasureSettings settings) {
        this.jdbc = jdbc;
        this.database = database;
        this.transactions = new TransactionTemplate(transactionManager);
        this.persons = persons;
        this.rows = rows;
        this.profiles = profiles;
        this.identifiers = identifiers;
        this.tombstones = tombstones;
        this.log = log;
        this.tails = tails;
        this.vault = vault;
        this.warehouse = warehouse;
        this.gate = gate;
        this.jobs = jobs;
        this.business = business;
        this.clock = clock;
        this.audit = audit;
        this.settings = settings;
    }

    /** Asks for a person's erasure; it begins at once, in the background. */
    @Transactional
    public Erasure request(CustomerId asked, String reason) {
        var why = reason.strip();
        if (why.isEmpty() || why.length() > LONGEST_REASON)
            throw Problem.invalid("erasure_needs_reason", "an erasure needs a reason of 1 to {most} characters")
                    .with("most", LONGEST_REASON);
        if (!profiles.exists(asked))
            throw Problem.notFound("customer_not_found", "there is no customer {id}")
                    .with("id", asked);
        var person = persons.of(List.of(asked));
        if (person.isIn(why) || persons.isCalledIn(person, why))
            throw Problem.invalid(
                    "reason_names_the_person",
                    "the reason stays when the person is gone: it must not name them; a number of your own will do");
        return requested(person.ids(), why, false, null);
    }

    /**
     * The same for a reason of ours, which names nobody whatever people call themselves. They asked for nothing: what they do
     * after it lets them in again, and what they do before it has begun calls it off.
     *
     * @param seenBefore the reason: they were not seen at this time or later
     */
    @Transactional
    Erasure requestOfOurs(CustomerId customer, String why, Instant seenBefore) {
        return requested(persons.of(List.of(customer)).ids(), why, true, seenBefore);
    }

    private Erasure requested(Set<CustomerId> ids, String why, boolean mayReturn, @Nullable Instant seenBefore) {
        var now = clock.instant();
        long id = jdbc.sql("""
                        insert into erasures (state, reason, requested_by, requested_at, due_at, may_return, seen_before)
                        values ('requested', :reason, :by, :at, :due, :mayReturn, :seenBefore) returning id
                        """)
                .param("seenBefore", seenBefore == null ? null : utc(seenBefore), Types.TIMESTAMP_WITH_TIMEZONE)
                .param("mayReturn", mayReturn)
                .param("reason", why)
                .param("by", Caller.current().name())
                .param("at", utc(now))
                .param("due", utc(now.plus(settings.within())))
                .query(Long.class)
                .single();
        add(id, ids);
        jobs.schedule(HIDE, Long.toString(id), business.instant());
        audit.record("erasure.requested", "erasure " + id, why);
        return get(id);
    }

    private void add(long id, Collection<CustomerId> ids) {
        for (var one : ids)
            jdbc.sql("""
                            insert into erasure_ids (erasure_id, old_id, new_id) values (:id, :old, :new)
                            on conflict do nothing
                            """)
                    .param("id", id)
                    .param("old", one.value())
                    .param("new", RANDOM.nextLong())
                    .update();
    }

    public Erasure get(long id) {
        return jdbc.sql("select * from erasures where id = :id")
                .param("id", id)
                .query(Erasures::erasure)
                .optional()
                .orElseThrow(() -> Problem.notFound("erasure_not_found", "there is no erasure {id}")
                        .with("id", id));
    }

    /** Latest first; the cursor is the id to go on below. */
    public Page<Erasure> list(long below, int limit) {
        var found = jdbc.sql("select * from erasures where id < :below order by id desc limit :limit")
                .param("below", below)
                .param("limit", limit + 1)
                .query(Erasures::erasure)
                .list();
        return Page.of(found, limit, e -> Long.toString(e.id()));
    }

    /**
     * Lets an identifier in again that was erased, and all that were erased with it, because their owner wants to be a
     * customer again.
     *
     * @return whether it was one of somebody erased
     */
    public boolean readmit(Identifier.Type type, String value, String reason) {
        var id = identifiers.unblocked(type, value).map(i -> i.id().value());
        if (id.isEmpty() || !tombstones.erased().contains(id.get())) return false;
        if (!tombstones.readmit(List.of(id.get()), "by hand: " + reason.strip()))
            throw Problem.conflict(
                    "erasure_not_finished",
                    "this person's erasure is not finished; finish it first, or what is new would go with what was");
        return true;
    }

    /**
     * Once an erasure has begun nobody comes back before its end: the keys of what was theirs are being destroyed and the
     * history is still to be written anew under other ids, and both go by the very ids under which they would come back.
     */
    @Override
    public boolean mayReturn(Set<Long> ids) {
        return jdbc.sql("select not exists (select from erasure_ids where old_id = any (:ids)) as free")
                .param("ids", PersonalRows.longs(ids))
                .query(Boolean.class)
                .single();
    }

    /** Makes everything personal unreadable: rows and keys. */
    void hide(long id) {
        if (get(id).state() != Erasure.State.REQUESTED || isCalledOff(id)) return;
        var retired = new HashSet<Long>();
        var ids = new HashSet<>(ids(id).keySet());
        var refused = new HashSet<Long>();
        long group = RANDOM.nextLong(1, Long.MAX_VALUE);
        boolean mayReturn = jdbc.sql("select may_return from erasures where id = :id")
                .param("id", id)
                .query(Boolean.class)
                .single();
        while (!refused.containsAll(ids)) {
            var fresh = new HashSet<>(ids);
            fresh.removeAll(refused);
            group = tombstones.entomb(fresh, group, mayReturn);
            refused.addAll(fresh);
            // What came in before is taken up first: then nothing of the person is on its way any more.
            retired.addAll(log.betweenStagings(() -> vault.retire(fresh, "intake")));
            tails.awaitAll(log.lastSeq());
            var person = persons.of(ids.stream().map(CustomerId::new).toList());
            add(id, person.ids());
            person.ids().forEach(one -> ids.add(one.value()));
        }
        var person = persons.of(ids.stream().map(CustomerId::new).toList());
        gate.write(() -> transactions.executeWithoutResult(status -> {
            var sealed = new HashSet<Long>();
            removed(id, rows.erase(person, bytes -> sealed.addAll(Vault.leaves(List.of(bytes)))), sealed);
        }));
        retired.addAll(leaves(id));
        vault.destroyLeaves(retired);
        jdbc.sql("""
                        update erasures set state = 'hidden', hidden_at = :at, keys_destroyed = cardinality(leaves),
                            leaves = null
                        where id = :id
                        """).param("at", utc(clock.instant())).param("id", id).update();
        audit.record("erasure.hidden", "erasure " + id, "rows deleted, keys destroyed");
    }

    /**
     * Whether somebody was seen again who is to be erased because they were not: then nothing of it is left but a word in the
     * audit trail. Only before it has begun, and that is when their identifiers are refused: from then on it is finished,
     * also after a crash. What is on its way into the log in the moment between this look and that goes with the person.
     */
    private boolean isCalledOff(long id) {
        var ids = ids(id).keySet();
        if (tombstones.erased().containsAll(ids)) return false;
        var seenBefore = jdbc.sql("select seen_before from erasures where id = :id and seen_before is not null")
                .param("id", id)
                .query((row, n) -> time(row, "seen_before"))
                .optional();
        if (seenBefore.isEmpty()) return false;
        tails.awaitAll(log.lastSeq());
        // Whoever turned out to be one of them is of the same person.
        var person = persons.of(ids.stream().map(CustomerId::new).toList());
        boolean seen = jdbc.sql("""
                        select exists (select from customers where customer_id = any (:ids) and last_seen >= :before)
                        """)
                .param(
                        "ids",
                        PersonalRows.longs(
                                person.ids().stream().map(CustomerId::value).toList()))
                .param("before", utc(seenBefore.get()))
                .query(Boolean.class)
                .single();
        if (seen) callOff(id);
        return seen;
    }

    private void callOff(long id) {
        transactions.executeWithoutResult(status -> {
            for (var table : List.of("erasure_ids where erasure_id", "erasures where id"))
                jdbc.sql("delete from %s = :id".formatted(table))
                        .param("id", id)
                        .update();
            audit.record("erasure.called_off", "erasure " + id, "seen again before it began");
        });
    }

    /** Writes the files of both stores anew without the persons whose erasure is that far; how many they are. */
    public int finish() {
        finishing.lock();
        try {
            return finishInTurn();
        } finally {
            finishing.unlock();
        }
    }

    private int finishInTurn() {
        var hidden = jdbc.sql("select id from erasures where state = 'hidden' order by id")
                .query((row, n) -> row.getLong("id"))
                .list();
        if (hidden.isEmpty()) return 0;
        var ids = new HashMap<Long, Long>();
        for (var id : hidden) ids.putAll(ids(id));
        if (!ids.isEmpty()) {
            tombstones.addNobodies(ids.values());
            var gone = persons.mentions(ids);
            // First, for what is told to the history is read from here.
            rows.reword(gone, transactions);
            reasons(gone);
            warehouse.forget(
                    gone,
                    rows.histories(),
                    exchange -> gate.closed(() -> {
                        exchange.run();
                        transactions.executeWithoutResult(status -> {
                            // Whoever holds a row may wait for the gate: better again later than never.
                            jdbc.sql("select set_config('lock_timeout', '10s', true)")
                                    .query(String.class)
                                    .single();
                            eraseLate(ids.keySet(), hidden.getFirst());
                            rows.rename(ids);
                        });
                        return true;
                    }));
            for (var id : hidden) vault.destroyLeaves(leaves(id));
            jdbc.sql("delete from erasure_ids where erasure_id = any (:ids)")
                    .param("ids", PersonalRows.longs(hidden))
                    .update();
        }
        var written = new HashSet<>(Set.of("erasure_ids", "erasures"));
        rows.tables().stream().filter(t -> t.isInClear()).forEach(t -> written.add(t.name()));
        writeAnew(written);
        rows.holders().forEach(PersonalData::finished);
        jdbc.sql("""
                        update erasures set state = 'finished', finished_at = :at,
                            keys_destroyed = keys_destroyed + coalesce(cardinality(leaves), 0), leaves = null
                        where id = any (:ids)
                        """)
                .param("at", utc(clock.instant()))
                .param("ids", PersonalRows.longs(hidden))
                .update();
        for (var id : hidden) audit.record("erasure.finished", "erasure " + id, "the files were written anew");
        return hidden.size();
    }

    /** Whoever gives the id of a customer as the reason names them. */
    private void reasons(Mentions gone) {
        transactions.executeWithoutResult(status -> jdbc.sql("select id, reason from erasures where reason ~ '[0-9]'")
                .query((row, n) -> Map.entry(row.getLong("id"), row.getString("reason")))
                .list()
                .forEach(one -> {
                    var reason = gone.renamed(one.getValue());
                    if (!reason.equals(one.getValue()))
                        jdbc.sql("update erasures set reason = :reason where id = :id")
                                .param("reason", reason)
                                .param("id", one.getKey())
                                .update();
                }));
    }

    /** What was being written while the person was hidden, and came after the rows went, goes too. */
    private void eraseLate(Set<Long> ids, long erasure) {
        var sealed = new HashSet<Long>();
        removed(erasure, rows.erase(ids, bytes -> sealed.addAll(Vault.leaves(List.of(bytes)))), sealed);
    }

    private void removed(long erasure, long removed, Set<Long> sealed) {
        jdbc.sql("""
                        update erasures set rows_removed = coalesce(rows_removed, 0) + :rows,
                            leaves = coalesce(leaves, '{}') || :leaves
                        where id = :id
                        """)
                .param("rows", removed)
                .param("leaves", PersonalRows.longs(sealed))
                .param("id", erasure)
                .update();
    }

    /** A deleted row stays on its page, and in the database's own log, until both are written anew. */
    private void writeAnew(Set<String> tables) {
        try (var connection = database.getConnection();
                var statement = connection.createStatement()) {
            for (var table : tables) statement.execute("vacuum (full) " + table);
            try {
                statement.execute("checkpoint");
                statement.execute("select pg_switch_wal()");
                statement.execute("checkpoint");
            } catch (SQLException notAllowed) {
                LOG.info(
                        "this database user may not make PostgreSQL leave its log behind ({}): what was deleted goes from it as the log is kept",
                        notAllowed.getMessage());
            }
        } catch (SQLException e) {
            throw new IllegalStateException("the tables cannot be written anew: " + e.getMessage(), e);
        }
    }

    /**
     * After a restore of an older backup the rows of who was erased since are back, unreadable: they are erased again.
     * Called once at the start.
     */
    @Transactional
    public void eraseAgain() {
        var again = jdbc.sql("""
                        select distinct customer_id from identifiers
                        where id = any (:ids) and not exists (select from erasure_ids where old_id = identifiers.id)
                        """)
                .param("ids", PersonalRows.longs(tombstones.erased()))
                .query((row, n) -> new CustomerId(row.getLong("customer_id")))
                .list();
        for (var customer : again) {
            // Somebody readmitted keeps what is theirs: only ids that are refused still are of somebody erased.
            var ids = persons.of(List.of(customer)).ids();
            requested(
                    ids,
                    "erased before the backup was restored",
                    tombstones.mayReturn(ids.stream().map(CustomerId::value).collect(Collectors.toSet())),
                    null);
            LOG.info("a restored backup held somebody who was erased since; they are erased again");
        }
    }

    private Map<Long, Long> ids(long erasure) {
        return jdbc
                .sql("select old_id, new_id from erasure_ids where erasure_id = :id")
                .param("id", erasure)
                .query((row, n) -> Map.entry(row.getLong("old_id"), row.getLong("new_id")))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private Set<Long> leaves(long erasure) {
        return Set.copyOf(jdbc.sql("select unnest(leaves) as leaf from erasures where id = :id")
                .param("id", erasure)
                .query((row, n) -> row.getLong("leaf"))
                .list());
    }

    @Override
    public String name() {
        return "erasures";
    }

    /** Its work is done by jobs, which are counted as such. */
    @Override
    public long pending() {
        return 0;
    }

    @Override
    public Optional<String> failure() {
        long overdue = jdbc.sql("select count(*) from erasures where state <> 'finished' and due_at < :now")
                .param("now", utc(clock.instant()))
                .query(Long.class)
                .single();
        return overdue == 0
                ? Optional.empty()
                : Optional.of("%d erasures should have been finished by now".formatted(overdue));
    }

    private static Erasure erasure(ResultSet row, int number) throws SQLException {
        var rowsRemoved = (Long) row.getObject("rows_removed");
        var keys = (Integer) row.getObject("keys_destroyed");
        return new Erasure(
                row.getLong("id"),
                Erasure.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                row.getString("reason"),
                row.getString("requested_by"),
                time(row, "requested_at"),
                time(row, "due_at"),
                nullableTime(row, "hidden_at"),
                nullableTime(row, "finished_at"),
                rowsRemoved,
                keys);
    }

    private static Instant time(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static @Nullable Instant nullableTime(ResultSet row, String column) throws SQLException {
        var at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }

    private static OffsetDateTime utc(Instant at) {
        return OffsetDateTime.ofInstant(at, ZoneOffset.UTC);
    }
}
