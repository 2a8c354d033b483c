package io.rekindle.profile;

import io.rekindle.collect.EventLog;
import io.rekindle.collect.ImportsUndone;
import io.rekindle.common.CustomerId;
import io.rekindle.platform.WriteGate;
import io.rekindle.warehouse.Row;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Takes what undone imports said of customers back: then that stands again which would stand without them. */
@Component
class UndoneTraits implements ImportsUndone {
    private static final int CUSTOMERS_AT_ONCE = 10_000;

    private final ProfileStore profiles;
    private final PersonalStore personal;
    private final ProfileTail tail;
    private final ImportedTags tags;
    private final Warehouse warehouse;
    private final EventLog log;
    private final WriteGate gate;
    private final TransactionTemplate transactions;

    UndoneTraits(
            ProfileStore profiles,
            PersonalStore personal,
            ProfileTail tail,
            ImportedTags tags,
            Warehouse warehouse,
            EventLog log,
            WriteGate gate,
            PlatformTransactionManager transactions) {
        this.profiles = profiles;
        this.personal = personal;
        this.tail = tail;
        this.tags = tags;
        this.warehouse = warehouse;
        this.log = log;
        this.gate = gate;
        this.transactions = new TransactionTemplate(transactions);
    }

    @Override
    public void settle(Collection<Long> undone) {
        if (undone.isEmpty()) return;
        var named = personal.namedBy(undone);
        var others = namedByOthers(named);
        // The gate first, as the tail comes: a backup that waits in between would hold both up for ever.
        var addressed = addressedByOthers(personal.addressedBy(undone), undone);
        gate.write(() -> transactions.executeWithoutResult(status -> takeBack(undone, others, addressed)));
        // Of the others the next event has to hand it over again.
        var kept = others.stream().map(PersonalStore.Named::identity).collect(Collectors.toSet());
        for (var identity : named) if (!kept.contains(identity)) log.forgetUser(identity);
    }

    /** A user id is handed over once: who is named by an event that stands stays named, whoever said it first. */
    private List<PersonalStore.Named> namedByOthers(List<CustomerId> identities) {
        if (identities.isEmpty()) return List.of();
        return warehouse.query(
                Sql.of(
                        """
                        select customer_id, coalesce(import_id, 0) as import_id, source_id from events
                        where customer_id in (select cast(unnest(cast(? as varchar[])) as bigint))
                            and (import_id is null or import_id not in (select import_id from imports_undone))
                        qualify row_number() over (partition by customer_id order by coalesce(import_id, 0), seq) = 1
                        """,
                        identities.stream().map(id -> Long.toString(id.value())).toList()),
                UndoneTraits::named);
    }

    /**
     * Whose address another stands for: who named the customer by the same identifiers as the undone, all of whose events
     * agree, may have had nothing else to say, as a file of orders that were there already.
     */
    private List<PersonalStore.Named> addressedByOthers(List<CustomerId> identities, Collection<Long> undone) {
        if (identities.isEmpty()) return List.of();
        return warehouse.query(
                Sql.of(
                        """
                        with told as (
                            select customer_id, min(aliases) as aliases from events
                            where import_id in (select cast(unnest(cast(? as varchar[])) as bigint))
                                and customer_id in (select cast(unnest(cast(? as varchar[])) as bigint))
                            group by customer_id having count(distinct aliases) = 1)
                        select e.customer_id, coalesce(e.import_id, 0) as import_id, e.source_id
                        from events e join told t on t.customer_id = e.customer_id and t.aliases = e.aliases
                        where replace(' ' || e.aliases || ' ', ':', ' ') like '% email %'
                            and (e.import_id is null or e.import_id not in (select import_id from imports_undone))
                        qualify row_number() over (partition by e.customer_id order by coalesce(e.import_id, 0), e.seq) = 1
                        """,
                        undone.stream().map(id -> Long.toString(id)).toList(),
                        identities.stream().map(id -> Long.toString(id.value())).toList()),
                UndoneTraits::named);
    }

    private static PersonalStore.Named named(Row row) {
        return new PersonalStore.Named(
                new CustomerId(row.longValue("customer_id")), row.intValue("source_id"), row.longValue("import_id"));
    }

    private void takeBack(
            Collection<Long> undone, List<PersonalStore.Named> others, List<PersonalStore.Named> addressed) {
        // The tail waits for this row, and sees what is left.
        profiles.lastMerge();
        if (!others.isEmpty()) personal.rest(PersonalFields.USER_ID, undone, others);
        if (!addressed.isEmpty()) personal.rest(PersonalFields.EMAIL, undone, addressed);
        var touched = new HashSet<>(profiles.takeBack(undone));
        touched.addAll(personal.takeBack(undone));
        var all = new ArrayList<>(touched);
        for (int from = 0; from < all.size(); from += CUSTOMERS_AT_ONCE) {
            Set<CustomerId> some = new HashSet<>(all.subList(from, Math.min(all.size(), from + CUSTOMERS_AT_ONCE)));
            profiles.replace(List.copyOf(some), tail.seenOf(some, Long.MAX_VALUE));
            tags.follow(some);
        }
    }
}
