package io.rekindle.collect.web;

import io.rekindle.platform.BusinessClock;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The end of the log as one source wrote it: what the history holds, so nothing personal. */
@Component
final class LatestEvents {
    /** Looked through first: a source that writes at all is found there, and the rest of the log is not read. */
    private static final long NEAR_THE_END = 200_000;

    /** Looked through then: who watches a source does not read the whole history every other second. */
    static final Duration FURTHER_BACK = Duration.ofDays(28);

    private final Warehouse warehouse;
    private final JsonMapper json;
    private final BusinessClock clock;

    LatestEvents(Warehouse warehouse, JsonMapper json, BusinessClock clock) {
        this.warehouse = warehouse;
        this.json = json;
        this.clock = clock;
    }

    /**
     * One event as the history has it.
     *
     * @param identifiedBy types of its identifiers, strongest first; their values are nowhere in the history
     */
    record Shown(
            long seq,
            Instant receivedAt,
            Instant occurredAt,
            String type,
            @Nullable String name,
            List<String> identifiedBy,
            String customerId,
            String messageId,
            @Nullable BigDecimal amount,
            JsonNode properties,
            JsonNode context) {}

    /** Latest first, of those after a place in the log; near its end, or of the last four weeks. */
    List<Shown> after(int sourceId, long seq, long lastSeq, int limit) {
        var near = query(sourceId, Math.max(seq, lastSeq - NEAR_THE_END), Instant.EPOCH, limit);
        return near.size() < limit && seq < lastSeq - NEAR_THE_END
                ? query(sourceId, seq, clock.instant().minus(FURTHER_BACK), limit)
                : near;
    }

    private List<Shown> query(int sourceId, long above, Instant since, int limit) {
        return warehouse.query(
                Sql.of("""
                        select seq, received_at, occurred_at, type, name, aliases, customer_id, message_id, amount, properties,
                            context
                        from events where source_id = ? and seq > ? and received_at >= ? order by seq desc limit ?
                        """, sourceId, above, since, limit),
                row -> new Shown(
                        row.longValue("seq"),
                        row.instant("received_at"),
                        row.instant("occurred_at"),
                        row.text("type"),
                        row.nullableText("name"),
                        types(row.nullableText("aliases")),
                        Long.toString(row.longValue("customer_id")),
                        row.text("message_id"),
                        row.nullableDecimal("amount"),
                        tree(row.nullableText("properties")),
                        tree(row.nullableText("context"))));
    }

    private static List<String> types(@Nullable String aliases) {
        if (aliases == null) return List.of();
        return Arrays.stream(aliases.split(" ")).map(one -> one.split(":")[0]).toList();
    }

    private JsonNode tree(@Nullable String text) {
        return text == null ? json.createObjectNode() : json.readTree(text);
    }
}
