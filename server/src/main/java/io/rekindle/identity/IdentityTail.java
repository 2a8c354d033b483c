package io.rekindle.identity;

import io.rekindle.collect.Tail;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Warehouse;
import org.springframework.stereotype.Component;

/** Learns from every event which identifiers belong to one person. */
@Component
class IdentityTail implements Tail {
    private final IdentityStore store;
    private final IdentitySettings settings;
    private final Warehouse warehouse;

    IdentityTail(IdentityStore store, IdentitySettings settings, Warehouse warehouse) {
        this.store = store;
        this.settings = settings;
        this.warehouse = warehouse;
    }

    @Override
    public String name() {
        return "identity";
    }

    @Override
    public void process(Batch batch) {
        var ids = batch.events().stream()
                .flatMap(event -> event.identifiers().stream())
                .map(identifier -> identifier.id().value())
                .distinct()
                .toArray(Long[]::new);
        var matching = new Matching(settings, store.customersOf(ids));
        for (var event : batch.events())
            if (!event.identifiers().isEmpty())
                matching.see(new Matching.Sighting(
                        event.seq(), event.occurredAt(), event.receivedAt(), event.identifiers()));
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
