package io.rekindle.identity;

import io.rekindle.collect.Tail;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Warehouse;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** Learns from every event which identifiers belong to one person, and follows what people say about it. */
@Component
class IdentityTail implements Tail {
    private final IdentityStore store;
    private final IdentityRules rules;
    private final Warehouse warehouse;

    IdentityTail(IdentityStore store, IdentityRules rules, Warehouse warehouse) {
        this.store = store;
        this.rules = rules;
        this.warehouse = warehouse;
    }

    @Override
    public String name() {
        return "identity";
    }

    @Override
    public void process(Batch batch) {
        var requests = batch.events().stream()
                .flatMap(event -> RequestEvent.of(event).stream())
                .toList();
        var ids = Stream.concat(
                        batch.events().stream().flatMap(event -> event.identifiers().stream()),
                        requests.stream().flatMap(request -> Stream.of(request.left(), request.right())))
                .map(identifier -> identifier.id().value())
                .distinct()
                .toArray(Long[]::new);
        var known = store.customersOf(ids);
        var members = known.stream().map(one -> one.identifier().id().value()).toArray(Long[]::new);
        var matching = new Matching(rules.now(), known)
                .keepApart(store.separationsOf(members))
                .refusedBefore(store.refusedOf(ids));
        matching.linked(requests.isEmpty() ? store.linksOfUncertain(members) : store.linksOf(members));
        for (var event : batch.events()) {
            if (!event.identifiers().isEmpty())
                matching.see(new Matching.Sighting(
                        event.seq(), event.occurredAt(), event.receivedAt(), event.identifiers()));
            else RequestEvent.of(event).ifPresent(matching::follow);
        }
        store.store(matching);
        var changes = matching.changes();
        if (changes.isEmpty()) return;
        warehouse.append("identity_changes", batch.id(), Rows.written(rows -> {
            for (var change : changes)
                rows.value(change.alias().value())
                        .value(change.customer().value())
                        .value(change.at())
                        .value(change.evidence())
                        .value(change.seq())
                        .end();
        }));
    }
}
