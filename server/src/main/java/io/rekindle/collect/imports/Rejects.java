package io.rekindle.collect.imports;

import io.rekindle.collect.Imports;
import io.rekindle.collect.Tombstones;
import io.rekindle.platform.Vault;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/** The rows of a file that cannot be used: counted by reason, kept with their number, their text sealed. */
final class Rejects {
    private static final int AT_ONCE = 5_000;

    private final ImportStore store;
    private final long importId;
    private final Vault vault;
    private final Tombstones tombstones;
    private final JsonMapper json;
    private final Map<String, Long> reasons = new TreeMap<>();
    private final List<ImportStore.Rejected> waiting = new ArrayList<>();

    Rejects(ImportStore store, long importId, Vault vault, Tombstones tombstones, JsonMapper json) {
        this.tombstones = tombstones;
        this.store = store;
        this.importId = importId;
        this.vault = vault;
        this.json = json;
    }

    void add(Table.Row row, String reason, String detail) {
        add(row.number(), reason, detail, json.writeValueAsString(row.values()));
    }

    /** A row that is not at hand any more. */
    void add(long number, String reason, String detail) {
        add(number, reason, detail, "");
    }

    private void add(long number, String reason, String detail, String row) {
        // Of who was erased nothing is kept, not even what could not be used for another reason.
        if (tombstones.areNamedIn(row)) {
            add(number, Tombstones.REFUSED, "the row's customer was erased", "");
            return;
        }
        reasons.merge(reason, 1L, Long::sum);
        waiting.add(new ImportStore.Rejected(
                number, reason, detail, vault.seal("import-row", row.getBytes(StandardCharsets.UTF_8))));
        if (waiting.size() >= AT_ONCE) flush();
    }

    void flush() {
        store.storeRejects(importId, waiting);
        waiting.clear();
    }

    long total() {
        return reasons.values().stream().mapToLong(Long::longValue).sum();
    }

    List<Imports.ReasonCount> reasons() {
        return reasons.entrySet().stream()
                .map(e -> new Imports.ReasonCount(e.getKey(), e.getValue()))
                .toList();
    }
}
