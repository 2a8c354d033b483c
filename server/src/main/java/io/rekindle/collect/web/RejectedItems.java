package io.rekindle.collect.web;

import io.rekindle.access.AccessLog;
import io.rekindle.access.Caller;
import io.rekindle.common.Page;
import io.rekindle.platform.Vault;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads what could not be used. */
final class RejectedItems {
    private final JdbcClient jdbc;
    private final Vault vault;
    private final AccessLog accesses;

    RejectedItems(JdbcClient jdbc, Vault vault, AccessLog accesses) {
        this.accesses = accesses;
        this.jdbc = jdbc;
        this.vault = vault;
    }

    /**
     * @param times how often the very same item came
     * @param item the item as it came; null for a caller who may not see personal data
     */
    record Shown(
            long id,
            long times,
            String reason,
            String message,
            Instant rejectedAt,
            @Nullable String item) {}

    Page<Shown> latest(int sourceId, long below, int limit) {
        boolean inClear = accesses.showsClear(Caller.current());
        var rows = jdbc.sql("""
                        select id, times, reason, detail, rejected_at, sealed from rejected_items
                        where source_id = :source and id < :below order by id desc limit :limit
                        """)
                .param("source", sourceId)
                .param("below", below)
                .param("limit", limit + 1)
                .query((row, n) -> new Shown(
                        row.getLong("id"),
                        row.getLong("times"),
                        row.getString("reason"),
                        row.getString("detail"),
                        row.getObject("rejected_at", OffsetDateTime.class).toInstant(),
                        inClear && !vault.isDestroyed(row.getBytes("sealed"))
                                ? new String(vault.open("rejected", row.getBytes("sealed")), StandardCharsets.UTF_8)
                                : null))
                .list();
        if (inClear && !rows.isEmpty()) accesses.lookedAtSomebody("rejected items");
        return Page.of(rows, limit, s -> Long.toString(s.id()));
    }

    long count(int sourceId) {
        return jdbc.sql("select count(*) from rejected_items where source_id = :source")
                .param("source", sourceId)
                .query(Long.class)
                .single();
    }

    long times(int sourceId) {
        return jdbc.sql("select coalesce(sum(times), 0) from rejected_items where source_id = :source")
                .param("source", sourceId)
                .query(Long.class)
                .single();
    }

    long duplicates(int sourceId) {
        return jdbc.sql("select duplicates from sources where id = :source")
                .param("source", sourceId)
                .query(Long.class)
                .single();
    }
}
