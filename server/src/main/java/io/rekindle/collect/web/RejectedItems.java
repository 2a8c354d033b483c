package io.rekindle.collect.web;

import io.rekindle.access.AccessLog;
import io.rekindle.access.Caller;
import io.rekindle.common.Page;
import io.rekindle.platform.Problem;
import io.rekindle.platform.Vault;
import java.nio.charset.StandardCharsets;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads what could not be used. */
final class RejectedItems {
    private static final Pattern CURSOR = Pattern.compile("(\\d{1,18})_(\\d{1,18})");

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
     * @param rejectedAt when it did first
     * @param lastAt when it did last
     * @param item the item as it came; null for a caller who may not see personal data
     */
    record Shown(
            long id,
            long times,
            String reason,
            String message,
            Instant rejectedAt,
            Instant lastAt,
            @Nullable String item) {}

    /** Where a page ended. */
    private record Place(long micros, long id) {
        static Place of(String cursor) {
            var parts = CURSOR.matcher(cursor);
            if (!parts.matches())
                throw Problem.invalid("cursor_invalid", "'{cursor}' is no cursor of this list")
                        .with("cursor", cursor);
            return new Place(Long.parseLong(parts.group(1)), Long.parseLong(parts.group(2)));
        }

        static String after(Shown last) {
            return ChronoUnit.MICROS.between(Instant.EPOCH, last.lastAt()) + "_" + last.id();
        }

        OffsetDateTime at() {
            return OffsetDateTime.ofInstant(Instant.EPOCH.plus(micros, ChronoUnit.MICROS), ZoneOffset.UTC);
        }
    }

    /** Those that came last first. */
    Page<Shown> latest(int sourceId, @Nullable String cursor, int limit) {
        var below = cursor == null ? null : Place.of(cursor);
        boolean inClear = accesses.showsClear(Caller.current());
        var rows = jdbc.sql("""
                        select id, times, reason, detail, rejected_at, last_at, sealed from rejected_items
                        where source_id = :source and (cast(:below as timestamptz) is null or (last_at, id) < (cast(:below as timestamptz), :id))
                        order by last_at desc, id desc limit :limit
                        """)
                .param("source", sourceId)
                .param("below", below == null ? null : below.at(), Types.TIMESTAMP_WITH_TIMEZONE)
                .param("id", below == null ? 0 : below.id())
                .param("limit", limit + 1)
                .query((row, n) -> new Shown(
                        row.getLong("id"),
                        row.getLong("times"),
                        row.getString("reason"),
                        row.getString("detail"),
                        row.getObject("rejected_at", OffsetDateTime.class).toInstant(),
                        row.getObject("last_at", OffsetDateTime.class).toInstant(),
                        inClear && !vault.isDestroyed(row.getBytes("sealed"))
                                ? new String(vault.open("rejected", row.getBytes("sealed")), StandardCharsets.UTF_8)
                                : null))
                .list();
        if (inClear && !rows.isEmpty()) accesses.lookedAtSomebody("rejected items");
        return Page.of(rows, limit, Place::after);
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
