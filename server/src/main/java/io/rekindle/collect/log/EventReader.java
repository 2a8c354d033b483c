package io.rekindle.collect.log;

import io.rekindle.collect.EventType;
import io.rekindle.collect.LoggedEvent;
import io.rekindle.collect.Tail;
import io.rekindle.common.CustomerId;
import io.rekindle.platform.Vault;
import io.rekindle.warehouse.Row;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/** Reads a run of the log back, with personal fields where they are wanted and still there. */
final class EventReader {
    /** Under which personal fields are sealed. */
    static final String SEALED_AS = "intake";

    private static final String COLUMNS = """
            select seq, received_at, occurred_at, source_id, import_id, type, name, customer_id, aliases, message_id, amount, properties
            from events\s""";

    private final Warehouse warehouse;
    private final JdbcClient jdbc;
    private final Vault vault;
    private final JsonMapper json;
    private final RecentEvents recent = new RecentEvents();

    EventReader(Warehouse warehouse, JdbcClient jdbc, Vault vault, JsonMapper json) {
        this.warehouse = warehouse;
        this.jdbc = jdbc;
        this.vault = vault;
        this.json = json;
    }

    /**
     * @param ofWhich of which events with their personal fields; null: of none
     * @param lastSeq where the log ends now: a run far before it is read by one reader alone, and only what it looks at
     */
    List<LoggedEvent> read(
            long fromSeq, long toSeq, long lastSeq, Tail.Interest interest, @Nullable Predicate<LoggedEvent> ofWhich) {
        var events = lastSeq - toSeq > RecentEvents.MOST_KEPT
                ? fetch(fromSeq, toSeq, interest)
                : recent.read(fromSeq, toSeq, this::fetchAll);
        if (ofWhich == null) return events;
        var wanted = events.stream().filter(ofWhich).map(LoggedEvent::seq).toList();
        var personal = wanted.size() == events.size() ? personal(fromSeq, toSeq) : personal(wanted);
        if (personal.isEmpty()) return events;
        return events.stream()
                .map(event -> {
                    var fields = personal.get(event.seq());
                    return fields == null ? event : event.withPersonal(fields);
                })
                .toList();
    }

    /** The events at these places, in the order of the log, without personal fields. */
    List<LoggedEvent> at(Collection<Long> places) {
        if (places.isEmpty()) return List.of();
        return warehouse.query(
                Sql.of(
                        COLUMNS + "where seq in (select cast(unnest(cast(? as varchar[])) as bigint)) order by seq",
                        places.stream().map(String::valueOf).toList()),
                this::event);
    }

    private List<LoggedEvent> fetchAll(long fromSeq, long toSeq) {
        var events = fetch(fromSeq, toSeq, Tail.Interest.EVERYTHING);
        if (events.size() != toSeq - fromSeq + 1)
            throw new IllegalStateException("the log has %d events from %d to %d, not %d"
                    .formatted(events.size(), fromSeq, toSeq, toSeq - fromSeq + 1));
        return events;
    }

    private List<LoggedEvent> fetch(long fromSeq, long toSeq, Tail.Interest interest) {
        var sql = Sql.of(COLUMNS + "where seq between ? and ?", fromSeq, toSeq);
        if (!interest.equals(Tail.Interest.EVERYTHING)) {
            var kinds = interest.types().stream()
                    .map(type -> Sql.of("type = ?", type.code()))
                    .collect(Collectors.toCollection(ArrayList::new));
            for (var name : interest.tracked())
                kinds.add(Sql.of("type = ? and name = ?", EventType.TRACK.code(), name));
            // See IdentifierText: types end where a number, another type or the text begins.
            for (var type : interest.identifiedBy())
                kinds.add(Sql.of("replace(' ' || aliases || ' ', ':', ' ') like ?", "% " + type.code() + " %"));
            sql = sql.then("and (").then(Sql.join(" or ", kinds)).then(")");
        }
        return warehouse.query(sql.then("order by seq"), this::event);
    }

    private LoggedEvent event(Row row) {
        var customer = new CustomerId(row.longValue("customer_id"));
        return new LoggedEvent(
                row.longValue("seq"),
                row.instant("received_at"),
                row.instant("occurred_at"),
                row.intValue("source_id"),
                row.nullableLong("import_id"),
                EventType.valueOf(row.text("type").toUpperCase(Locale.ROOT)),
                row.nullableText("name"),
                customer,
                IdentifierText.read(row.nullableText("aliases"), customer),
                row.text("message_id"),
                row.nullableDecimal("amount"),
                tree(row.nullableText("properties")),
                Map.of());
    }

    private JsonNode tree(@Nullable String text) {
        return text == null ? JsonNodeFactory.instance.objectNode() : json.readTree(text);
    }

    private Map<Long, Map<String, String>> personal(long fromSeq, long toSeq) {
        return opened(jdbc.sql("select seq, sealed from intake_personal where seq between :from and :to")
                .param("from", fromSeq)
                .param("to", toSeq)
                .query(EventReader::sealed)
                .list());
    }

    private Map<Long, Map<String, String>> personal(List<Long> places) {
        if (places.isEmpty()) return Map.of();
        return opened(jdbc.sql("select seq, sealed from intake_personal where seq = any (:places)")
                .param("places", new SqlArrayValue("bigint", places.toArray()))
                .query(EventReader::sealed)
                .list());
    }

    private static Map.Entry<Long, byte[]> sealed(ResultSet row, int number) throws SQLException {
        return Map.entry(row.getLong("seq"), row.getBytes("sealed"));
    }

    private Map<Long, Map<String, String>> opened(List<Map.Entry<Long, byte[]>> sealed) {
        // A history brought in holds a value in most events: opening them is what its reader spends most time on.
        // Those of somebody erased since stand in a backup that was restored only.
        return sealed.parallelStream()
                .filter(one -> !vault.isDestroyed(one.getValue()))
                .collect(Collectors.toMap(Map.Entry::getKey, one -> opened(one.getValue())));
    }

    private Map<String, String> opened(byte[] sealed) {
        var values = new HashMap<String, String>();
        for (var field : json.readTree(vault.open(SEALED_AS, sealed)).properties())
            values.put(field.getKey(), field.getValue().stringValue());
        return values;
    }
}
