package io.rekindle.consent;

import io.rekindle.collect.ImportsUndone;
import io.rekindle.common.CustomerId;
import io.rekindle.identity.Identities;
import io.rekindle.platform.WriteGate;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.function.UnaryOperator;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Takes permissions that undone imports brought back: then those hold that would hold without them. */
@Component
class UndonePermissions implements ImportsUndone {
    private static final int AT_ONCE = 10_000;

    private final ConsentStore store;
    private final Identities identities;
    private final Warehouse warehouse;
    private final WriteGate gate;
    private final TransactionTemplate transactions;

    UndonePermissions(
            ConsentStore store,
            Identities identities,
            Warehouse warehouse,
            WriteGate gate,
            PlatformTransactionManager transactions) {
        this.store = store;
        this.identities = identities;
        this.warehouse = warehouse;
        this.gate = gate;
        this.transactions = new TransactionTemplate(transactions);
    }

    @Override
    public void settle(Collection<Long> undone) {
        if (undone.isEmpty()) return;
        var events = warehouse.query(
                Sql.of("""
                        select seq, customer_id, source_id from events
                        where import_id in (select cast(unnest(cast(? as varchar[])) as bigint)) and type = 'identify'
                            and properties like '%"consent":%'
                        """, undone.stream().map(String::valueOf).toList()),
                row -> new ConsentStore.Spoken(
                        row.longValue("seq"),
                        new CustomerId(row.longValue("customer_id")),
                        ConsentTail.source(row.intValue("source_id"))));
        for (int from = 0; from < events.size(); from += AT_ONCE) {
            var some = events.subList(from, Math.min(events.size(), from + AT_ONCE));
            // The gate first, as the tail comes: a backup that waits in between would hold both up for ever.
            gate.write(() -> transactions.executeWithoutResult(status -> takeBack(some)));
        }
    }

    private void takeBack(List<ConsentStore.Spoken> events) {
        // The tail waits for this row, and sees what is left.
        store.oneAtATime();
        var said = store.takeBack(events);
        if (said.isEmpty()) return;
        var customers = new HashSet<CustomerId>(identities.canonical(said).values());
        store.regroup(customers, identities.aliasesOf(customers), UnaryOperator.identity(), store.lastMerge());
    }
}
