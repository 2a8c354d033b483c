package io.rekindle.profile;

import io.rekindle.access.AuditTrail;
import io.rekindle.access.Caller;
import io.rekindle.common.CustomerId;
import io.rekindle.identity.Identities;
import io.rekindle.identity.Regrouping;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.HistoryEmptied;
import io.rekindle.platform.Problem;
import io.rekindle.platform.SystemClock;
import io.rekindle.platform.WriteGate;
import io.rekindle.profile.TraitSql.Mark;
import io.rekindle.warehouse.AdHocQueries;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import io.rekindle.warehouse.WarehouseException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * Traits worked out from what customers did. Between full runs only customers something has changed of are looked at;
 * that both give the same is a law its test holds. A change is one of the trait {@code computed.NAME} in the history, so
 * rules ask it like any trait.
 */
@Component
public class ComputedTraits implements HistoryEmptied {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{1,59}");
    private static final Pattern PROPERTY = Pattern.compile("[^\"\\\\\\p{Cntrl}.]+(\\.[^\"\\\\\\p{Cntrl}.]+)*");
    private static final int MOST_DAYS = 3_650;
    private static final int AT_ONCE = 20_000;
    private static final int MOST_REGROUPINGS = 10_000;
    private static final int NO_SOURCE = 0;
    private static final int MOST_COUNTS = 20;

    private final JdbcClient jdbc;
    private final JsonMapper json;
    private final Warehouse warehouse;
    private final Identities identities;
    private final TagStore changes;
    private final BusinessClock clock;
    private final SystemClock system;
    private final WriteGate gate;
    private final AuditTrail audit;
    private final AdHocQueries queries;
    private final TransactionTemplate transaction;
    private final ReentrantLock oneAtATime = new ReentrantLock();

    ComputedTraits(
            JdbcClient jdbc,
            JsonMapper json,
            Warehouse warehouse,
            Identities identities,
            TagStore changes,
            BusinessClock clock,
            SystemClock system,
            WriteGate gate,
            AuditTrail audit,
            AdHocQueries queries,
            TransactionTemplate transaction) {
        this.jdbc = jdbc;
        this.json = json;
        this.warehouse = warehouse;
        this.identities = identities;
        this.changes = changes;
        this.clock = clock;
        this.system = system;
        this.gate = gate;
        this.audit = audit;
        this.queries = queries;
        this.transaction = transaction;
    }

    /**
     * A computed trait and how it was worked out last.
     *
     * @param asOf the business time its values are of; null: not yet
     * @param fullAt when everybody was looked at last; null: not yet, or not since details of the history were taken away
     * @param covered how many customers have it
     * @param changed for how many customers the last run changed it
     * @param problem why it could not be worked out; null: it could
     */
    public record Computed(
            TraitForm form,
            Instant createdAt,
            String createdBy,
            @Nullable Instant asOf,
            @Nullable Instant fullAt,
            long covered,
            long changed,
            long millis,
            @Nullable String problem) {}

    private record Kept(
            Computed computed, long eventSeq, long orderSeq, long regrouping, long undone, boolean unsettled) {}

    /** All, by name. */
    public List<Computed> list() {
        return all().stream().map(Kept::computed).toList();
    }

    /** Makes a computed trait and works it out. */
    public Computed create(TraitForm form) {
        check(form);
        transaction.executeWithoutResult(status -> {
            int made = jdbc.sql("""
                            insert into computed_traits (name, definition, created_at, created_by)
                            values (:name, :definition::jsonb, :now, :by) on conflict (name) do nothing
                            """)
                    .param("name", form.name())
                    .param("definition", json.writeValueAsString(form))
                    .param("now", ProfileStore.utc(system.instant()))
                    .param("by", Caller.current().name())
                    .update();
            if (made == 0)
                throw Problem.conflict("computed_trait_taken", "there is a computed trait '{trait}' already")
                        .with("trait", form.name());
            audit.record(
                    "trait.created", "trait " + form.trait(), form.measure().code());
        });
        run(Set.of(form.name()), true);
        return required(form.name()).computed();
    }

    /**
     * What a definition would give now.
     *
     * @param values the most frequent ones
     */
    public record Preview(long covered, List<TagRun.Count> values) {}

    /** What a definition would give now; nothing is kept. */
    public Preview preview(TraitForm form) {
        check(form);
        var values = new ArrayList<TagRun.Count>();
        long[] covered = {0};
        return queries.answer(() -> {
            warehouse.stream(new TraitSql(clock.zone()).preview(form, clock.instant(), MOST_COUNTS), row -> {
                covered[0] = row.longValue("covered");
                values.add(new TagRun.Count(row.text("word"), row.longValue("customers")));
            });
            return new Preview(covered[0], List.copyOf(values));
        });
    }

    /**
     * Takes a computed trait away; its history stays, and ends now: of every identity that ever had it, for one that is
     * parted from another again goes by its own.
     */
    public void delete(String name) {
        var form = required(name).computed().form();
        exclusively(() -> {
            var now = clock.instant();
            var held = new ArrayList<Change>();
            warehouse.stream(
                    Sql.of("""
                            select customer_id, valid_from from trait_changes where trait = ?
                            qualify row_number() over (partition by customer_id order by valid_from desc, seq desc) = 1 and value is not null
                            """, form.trait()),
                    row -> held.add(
                            new Change(row.longValue("customer_id"), null, later(row.instant("valid_from"), now))));
            for (int i = 0; i < held.size(); i += AT_ONCE) {
                var some = held.subList(i, Math.min(held.size(), i + AT_ONCE));
                gate.write(() -> tell(form, some, changes.nextChange()));
            }
            transaction.executeWithoutResult(status -> {
                jdbc.sql("delete from traits where trait = :trait")
                        .param("trait", form.trait())
                        .update();
                jdbc.sql("delete from computed_traits where name = :name")
                        .param("name", name)
                        .update();
                audit.record("trait.deleted", "trait " + form.trait(), "");
            });
        });
    }

    /**
     * Works all out.
     *
     * @param full whether everybody is looked at
     */
    public void refresh(boolean full) {
        run(null, full);
        audit.record("trait.refreshed", "traits", full ? "full" : "changed customers");
    }

    /** What is done by itself: everybody once in so many days, changed customers in between. */
    void renew(int fullEveryDays) {
        for (var kept : all()) {
            var fullAt = kept.computed().fullAt();
            boolean due = fullAt == null
                    || !java.time.LocalDate.ofInstant(fullAt, clock.zone())
                            .plusDays(fullEveryDays)
                            .isAfter(clock.today());
            run(Set.of(kept.computed().form().name()), due);
        }
    }

    /** What was worked out of details that are gone is worked out anew of everybody the next time. */
    @Override
    public void emptied() {
        exclusively(() -> jdbc.sql("update computed_traits set full_at = null").update());
    }

    private void check(TraitForm form) {
        if (!NAME.matcher(form.name()).matches())
            throw Problem.invalid(
                    "computed_trait_name",
                    "a computed trait's name has 2 to 60 lower-case letters, digits and underscores and begins with a letter");
        var days = form.days();
        if (days != null && (days < 1 || days > MOST_DAYS))
            throw Problem.invalid("computed_trait_days", "a window has 1 to {most} days")
                    .with("most", MOST_DAYS);
        var property = form.property();
        if (property != null
                && (form.event() == null || !PROPERTY.matcher(property).matches()))
            throw Problem.invalid("computed_trait_property", "'{property}' is no property of an event")
                    .with("property", property);
        if (form.event() != null && form.event().isBlank())
            throw Problem.invalid("computed_trait_event", "the name of the event is empty");
        if (form.measure() == TraitForm.Measure.MOST_FREQUENT && property == null)
            throw Problem.invalid(
                    "computed_trait_most_frequent", "the most frequent value is one of a property; name it");
    }

    private record Change(long customer, @Nullable String value, Instant at) {}

    private static Instant later(@Nullable Instant before, Instant now) {
        return before == null || before.isBefore(now) ? now : before;
    }

    /** @param names which; null: all */
    private void run(@Nullable Set<String> names, boolean full) {
        exclusively(() -> {
            for (var kept : all())
                if (names == null || names.contains(kept.computed().form().name())) workOut(kept, full);
        });
    }

    private void exclusively(Runnable work) {
        oneAtATime.lock();
        try {
            work.run();
        } finally {
            oneAtATime.unlock();
        }
    }

    private void workOut(Kept kept, boolean asked) {
        var form = kept.computed().form();
        long from = system.instant().toEpochMilli();
        try {
            if (kept.unsettled()) settle(form);
            var asOf = clock.instant();
            var before = kept.computed().asOf();
            long undone = warehouse
                    .first(Sql.of("select count(*) as n from imports_undone"), row -> row.longValue("n"))
                    .orElse(0L);
            var regrouped = identities.regroupingsAfter(kept.regrouping(), MOST_REGROUPINGS);
            boolean full = asked
                    || before == null
                    || kept.computed().fullAt() == null
                    || undone != kept.undone()
                    || regrouped.size() == MOST_REGROUPINGS
                    || asOf.isBefore(before);
            long regrouping = full
                    ? identities.latestMerge()
                    : regrouped.isEmpty()
                            ? kept.regrouping()
                            : regrouped.getLast().number();
            var touched = new LinkedHashSet<CustomerId>();
            if (!full) {
                touched.addAll(Regrouping.touched(regrouped));
                touched.addAll(identities.canonical(touched).values());
            }
            var mark = warehouse
                    .first(
                            TraitSql.mark(),
                            row -> new Mark(asOf, row.longValue("event_seq"), row.longValue("order_seq")))
                    .orElseThrow();
            var since = full || before == null ? null : new Mark(before, kept.eventSeq(), kept.orderSeq());
            var found = new ArrayList<Change>();
            warehouse.stream(new TraitSql(clock.zone()).differences(form, asOf, since, touched), row -> {
                var at = row.nullableInstant("before_from");
                found.add(new Change(row.longValue("customer_id"), row.nullableText("value"), later(at, asOf)));
            });
            if (!found.isEmpty()) unsettled(form, true);
            write(form, found);
            jdbc.sql("""
                            update computed_traits set as_of = :asOf, event_seq = :events, order_seq = :orders,
                                regrouping = :regrouping, undone = :undone, covered = :covered, changed = :changed, millis = :millis, problem = null,
                                unsettled = false, full_at = case when :full then :asOf else full_at end
                            where name = :name
                            """)
                    .param("asOf", ProfileStore.utc(asOf))
                    .param("events", mark.eventSeq())
                    .param("orders", mark.orderSeq())
                    .param("regrouping", regrouping)
                    .param("undone", undone)
                    .param("covered", covered(form))
                    .param("changed", found.size())
                    .param("millis", system.instant().toEpochMilli() - from)
                    .param("full", full)
                    .param("name", form.name())
                    .update();
        } catch (WarehouseException fails) {
            jdbc.sql("update computed_traits set problem = :problem where name = :name")
                    .param("problem", TagTemplate.firstLine(fails.getMessage()))
                    .param("name", form.name())
                    .update();
        }
    }

    private long covered(TraitForm form) {
        return warehouse
                .first(
                        Sql.of("select count(*) as n from traits_now where trait = ?", form.trait()),
                        row -> row.longValue("n"))
                .orElse(0L);
    }

    private void unsettled(TraitForm form, boolean is) {
        jdbc.sql("update computed_traits set unsettled = :is where name = :name")
                .param("is", is)
                .param("name", form.name())
                .update();
    }

    /** After a crash between the two stores: PostgreSQL reads the history again. */
    private void settle(TraitForm form) {
        var page = new ArrayList<Change>();
        jdbc.sql("delete from traits where trait = :trait")
                .param("trait", form.trait())
                .update();
        warehouse.stream(
                Sql.of("select customer_id, value, valid_from from traits_now where trait = ?", form.trait()), row -> {
                    page.add(new Change(row.longValue("customer_id"), row.text("value"), row.instant("valid_from")));
                    if (page.size() == AT_ONCE) {
                        store(form, page, 0);
                        page.clear();
                    }
                });
        store(form, page, 0);
    }

    private void write(TraitForm form, List<Change> found) {
        for (int i = 0; i < found.size(); i += AT_ONCE) {
            var some = List.copyOf(found.subList(i, Math.min(found.size(), i + AT_ONCE)));
            gate.write(() -> transaction.executeWithoutResult(status -> {
                long seq = changes.nextChange();
                store(form, some, seq);
                tell(form, some, seq);
            }));
        }
    }

    private void tell(TraitForm form, List<Change> some, long seq) {
        warehouse.append("trait_changes", "computed:%s:%d".formatted(form.name(), seq), Rows.written(rows -> {
            for (var change : some)
                rows.value(change.customer())
                        .value(form.trait())
                        .value(change.value())
                        .value(change.at())
                        .value(seq)
                        .missing()
                        .end();
        }));
    }

    private void store(TraitForm form, List<Change> some, long seq) {
        if (some.isEmpty()) return;
        jdbc.sql("""
                        insert into traits (customer_id, identity_id, trait, value, set_at, seq, source_id, standing, told)
                        select c, c, :trait, v::jsonb, a, :seq, :source, true, true from unnest(:customers, :values, :at) as x (c, v, a)
                        on conflict (identity_id, trait, source_id, import_id) do update set customer_id = excluded.customer_id, value = excluded.value,
                            set_at = excluded.set_at, seq = excluded.seq, standing = true
                        """)
                .param("trait", form.trait())
                .param("seq", seq)
                .param("source", NO_SOURCE)
                .param("customers", ProfileStore.longs(some, Change::customer))
                .param("values", ProfileStore.texts(some, change -> change.value() == null ? "null" : change.value()))
                .param("at", ProfileStore.times(some, Change::at))
                .update();
        jdbc.sql("""
                        update traits set standing = false
                        where trait = :trait and customer_id = any (:customers) and identity_id <> customer_id
                        """)
                .param("trait", form.trait())
                .param("customers", ProfileStore.longs(some, Change::customer))
                .update();
    }

    private List<Kept> all() {
        return jdbc.sql("select * from computed_traits order by name")
                .query((row, n) -> kept(row))
                .list();
    }

    private Kept required(String name) {
        return all().stream()
                .filter(kept -> kept.computed().form().name().equals(name))
                .findFirst()
                .orElseThrow(() -> Problem.notFound("computed_trait_unknown", "there is no computed trait '{trait}'")
                        .with("trait", name));
    }

    private Kept kept(ResultSet row) throws SQLException {
        return new Kept(
                new Computed(
                        json.readValue(row.getString("definition"), TraitForm.class),
                        ProfileStore.instant(row, "created_at"),
                        row.getString("created_by"),
                        nullable(row, "as_of"),
                        nullable(row, "full_at"),
                        row.getLong("covered"),
                        row.getLong("changed"),
                        row.getLong("millis"),
                        row.getString("problem")),
                row.getLong("event_seq"),
                row.getLong("order_seq"),
                row.getLong("regrouping"),
                row.getLong("undone"),
                row.getBoolean("unsettled"));
    }

    private static @Nullable Instant nullable(ResultSet row, String column) throws SQLException {
        var at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }
}
