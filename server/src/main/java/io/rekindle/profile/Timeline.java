package io.rekindle.profile;

import io.rekindle.common.CustomerId;
import io.rekindle.common.Page;
import io.rekindle.platform.Problem;
import io.rekindle.warehouse.Row;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Everything the log holds of one customer, latest first, a page at a time. */
@Component
public class Timeline {
    private static final Pattern CURSOR = Pattern.compile("(-?\\d{1,18})_(-?\\d{1,18})");
    private static final int MOST_DETAILS = 4;

    private final Warehouse warehouse;
    private final EventsOf events;
    private final JsonMapper json;

    Timeline(Warehouse warehouse, EventsOf events, JsonMapper json) {
        this.warehouse = warehouse;
        this.events = events;
        this.json = json;
    }

    /**
     * One event.
     *
     * @param kind the call: {@code identify, track, page} …
     * @param name the event's name; the kind again where it has none
     * @param detail its amount and first properties in short, e.g. {@code 59.9 · order_id: A-17}; may be empty
     */
    public record Entry(Instant at, String kind, String name, String detail) {}

    /** @param cursor of the page before; null for the latest */
    public Page<Entry> of(CustomerId customer, @Nullable String cursor, int limit) {
        record Placed(Entry entry, String place) {}
        var sql = Sql.of("select seq, occurred_at, type, name, amount, properties from")
                .then(events.customer(customer))
                .then("theirs where true");
        if (cursor != null) {
            var place = CURSOR.matcher(cursor);
            if (!place.matches())
                throw Problem.invalid("cursor_invalid", "'{cursor}' is not a cursor of a timeline")
                        .with("cursor", cursor);
            var at = Instant.EPOCH.plus(Duration.ofNanos(1000).multipliedBy(Long.parseLong(place.group(1))));
            sql = sql.then(
                    "and (occurred_at < ? or (occurred_at = ? and seq < ?))", at, at, Long.valueOf(place.group(2)));
        }
        var rows = warehouse.query(sql.then("order by occurred_at desc, seq desc limit ?", limit + 1), row -> {
            var at = row.instant("occurred_at");
            long micros = Math.addExact(Math.multiplyExact(at.getEpochSecond(), 1_000_000L), at.getNano() / 1000);
            return new Placed(entry(row, at), micros + "_" + row.longValue("seq"));
        });
        var page = Page.of(rows, limit, Placed::place);
        return new Page<>(page.items().stream().map(Placed::entry).toList(), page.nextCursor());
    }

    private Entry entry(Row row, Instant at) {
        var kind = row.text("type").toLowerCase(java.util.Locale.ROOT);
        var name = row.nullableText("name");
        return new Entry(
                at,
                kind,
                name == null ? kind : name,
                detail(row.nullableDecimal("amount"), row.nullableText("properties")));
    }

    private String detail(@Nullable BigDecimal amount, @Nullable String properties) {
        var parts = new ArrayList<String>();
        if (amount != null) parts.add(amount.stripTrailingZeros().toPlainString());
        if (properties != null) parts.addAll(scalars(json.readTree(properties)));
        return String.join(" · ", parts);
    }

    private static List<String> scalars(JsonNode properties) {
        return properties.properties().stream()
                .filter(p -> p.getValue().isValueNode() && !p.getValue().isNull())
                .limit(MOST_DETAILS)
                .map(p -> p.getKey() + ": " + p.getValue().asString())
                .toList();
    }
}
