package io.rekindle.profile;

import io.rekindle.common.CustomerId;
import io.rekindle.identity.Identities;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.util.Collection;
import java.util.Collections;
import java.util.Set;
import org.springframework.stereotype.Component;

/**
 * The events of one customer, for questions about one. What {@code events_now} says of them, asked by the ids under which
 * they stand: the condition reaches the table itself, and what is others' is passed by; through the view every event of
 * the history would be given its customer first.
 */
@Component
class EventsOf {
    private final Warehouse warehouse;
    private final Identities identities;

    EventsOf(Warehouse warehouse, Identities identities) {
        this.warehouse = warehouse;
        this.identities = identities;
    }

    /** To be asked as a table, with {@code seq, occurred_at, type, name, amount, properties}; by any id of the customer. */
    Sql customer(CustomerId id) {
        var ids = identities.aliasesOf(Set.of(identities.canonical(id))).keySet();
        var theirs = among("customer_id in", ids.stream().map(CustomerId::value).toList());
        // Told one by one: beside a table of them every event would be read whole before the latest are known.
        var undone = warehouse.query(
                Sql.of("select distinct import_id from imports_undone order by import_id"),
                row -> row.longValue("import_id"));
        if (!undone.isEmpty())
            theirs = theirs.then(among("and (import_id is null or import_id not in", undone))
                    .then(")");
        return Sql.of("select seq, occurred_at, type, name, amount, properties from events where")
                .then(theirs)
                .inParentheses();
    }

    private static Sql among(String before, Collection<Long> values) {
        return Sql.of(
                "%s (%s)".formatted(before, String.join(", ", Collections.nCopies(values.size(), "?"))),
                values.toArray());
    }
}
