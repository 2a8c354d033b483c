package io.rekindle.collect.tracking;

import io.rekindle.collect.EventType;
import io.rekindle.platform.BusinessClock;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A first plan, from what a source has sent: each event's fields with the types they had, required when every event of it
 * had them. Of each event only the latest are read. Personal fields are not in the history, so they are not in the guess:
 * whoever wants one of them required adds it.
 */
@Component
public class PlanGuess {
    private static final int EVENTS_READ = 500;
    private static final int MOST_EVENTS = 200;
    private static final int MOST_FIELDS = 100;
    private static final int DEEPEST = 4;
    private static final int ENOUGH_TO_REQUIRE = 20;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Warehouse warehouse;
    private final BusinessClock clock;

    PlanGuess(Warehouse warehouse, BusinessClock clock) {
        this.warehouse = warehouse;
        this.clock = clock;
    }

    /** @param seen how many events of it were looked at */
    public record Guessed(String type, @Nullable String name, long seen, JsonNode schema) {}

    private record Event(String type, String name) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byType = type.compareTo(other.type);
            return byType != 0 ? byType : name.compareTo(other.name);
        }
    }

    /** Of the last days' events; the most frequent first, at most 200 different ones. */
    public List<Guessed> of(int sourceId, int days) {
        var seen = new TreeMap<Event, Shape>();
        warehouse.stream(
                Sql.of(
                        """
                        select type, coalesce(name, '') as name, properties from events
                        where source_id = ? and received_at >= ? and type <> ?
                        qualify row_number() over (partition by type, name order by seq desc) <= ?
                        """,
                        sourceId,
                        clock.instant().minus(Duration.ofDays(days)),
                        EventType.ALIAS.code(),
                        EVENTS_READ),
                row -> {
                    var event = new Event(row.text("type"), row.text("name"));
                    if (!seen.containsKey(event) && seen.size() >= MOST_EVENTS) return;
                    var text = row.nullableText("properties");
                    seen.computeIfAbsent(event, e -> new Shape())
                            .add(text == null ? JSON.createObjectNode() : JSON.readTree(text), 0);
                });
        var guessed = new ArrayList<Guessed>();
        seen.forEach((event, shape) -> guessed.add(
                new Guessed(event.type(), event.name().isEmpty() ? null : event.name(), shape.times, shape.schema())));
        guessed.sort((a, b) -> Long.compare(b.seen(), a.seen()));
        return List.copyOf(guessed);
    }

    /** What values at one place were like. */
    private static final class Shape {
        private final TreeSet<String> types = new TreeSet<>();
        private final Map<String, Shape> fields = new TreeMap<>();
        private @Nullable Shape elements;
        private long times;
        private long objects;

        void add(JsonNode value, int depth) {
            times++;
            types.add(type(value));
            if (depth == DEEPEST) return;
            if (value.isArray()) {
                if (elements == null) elements = new Shape();
                for (var element : value) elements.add(element, depth + 1);
            }
            if (!value.isObject()) return;
            objects++;
            for (var field : value.properties()) {
                if (!fields.containsKey(field.getKey()) && fields.size() >= MOST_FIELDS) continue;
                fields.computeIfAbsent(field.getKey(), name -> new Shape()).add(field.getValue(), depth + 1);
            }
        }

        private static String type(JsonNode value) {
            return switch (value.getNodeType()) {
                case OBJECT, POJO -> "object";
                case ARRAY -> "array";
                case STRING, BINARY -> "string";
                case BOOLEAN -> "boolean";
                case NUMBER -> value.isIntegralNumber() ? "integer" : "number";
                case NULL, MISSING -> "null";
            };
        }

        ObjectNode schema() {
            var schema = JSON.createObjectNode();
            // Whole numbers so far are no promise that the next one is whole too: 20 is a price.
            if (types.remove("integer")) types.add("number");
            if (types.size() == 1) schema.put("type", types.first());
            else if (types.size() > 1) types.forEach(schema.putArray("type")::add);
            if (!fields.isEmpty()) {
                var properties = schema.putObject("properties");
                var required = new ArrayList<String>();
                fields.forEach((name, shape) -> {
                    properties.set(name, shape.schema());
                    if (objects >= ENOUGH_TO_REQUIRE && shape.times == objects) required.add(name);
                });
                if (!required.isEmpty()) required.forEach(schema.putArray("required")::add);
            }
            if (elements != null && elements.times > 0) schema.set("items", elements.schema());
            return schema;
        }
    }
}
