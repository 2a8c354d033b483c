package io.rekindle.collect.quality;

import io.rekindle.collect.quality.SourceDay.Field;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A day summed up event by event: what the statements of {@link DayStatements} must come to. */
@SuppressWarnings("LongDoubleConversion") // counts, far below what a double holds exactly
final class ByHand {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Map<EventKind, Long> events = new HashMap<>();
    private final Map<Field, Long> parents = new HashMap<>();
    private final Map<Field, Set<String>> distinct = new HashMap<>();
    private final Map<Field, Map<String, Long>> shapes = new HashMap<>();
    private final Map<Field, Map<String, Map<String, Long>>> bins = new HashMap<>();
    private final Map<Field, Long> identifiers = new HashMap<>();

    private ByHand() {}

    static SourceDay sum(Market.Day day) {
        var hand = new ByHand();
        long late = 0;
        for (var sent : day.events()) {
            hand.events.merge(sent.kind(), 1L, Long::sum);
            hand.identifiers.merge(new Field(sent.kind(), "identifiers.anonymous_id"), 1L, Long::sum);
            if (sent.isKnown()) hand.identifiers.merge(new Field(sent.kind(), "identifiers.user_id"), 1L, Long::sum);
            if (sent.isLate()) late++;
            hand.walk(sent.kind(), "properties", JSON.readTree(sent.properties()));
        }
        var fields = new HashMap<Field, FieldDay>();
        hand.shapes.forEach((field, shapes) -> {
            long filled = shapes.entrySet().stream()
                    .filter(s -> !s.getKey().equals("empty"))
                    .mapToLong(Map.Entry::getValue)
                    .sum();
            fields.put(
                    field,
                    new FieldDay(
                            Math.max(filled, hand.objects(field)),
                            filled,
                            (long) hand.distinct.getOrDefault(field, Set.of()).size(),
                            shapes,
                            hand.bins.getOrDefault(field, Map.of())));
        });
        hand.identifiers.forEach((field, n) -> fields.put(
                field, new FieldDay(hand.events.getOrDefault(field.kind(), 0L), n, null, Map.of(), Map.of())));
        return new SourceDay(day.day(), hand.events, fields, day.duplicates(), day.rejected(), 0, late);
    }

    private long objects(Field field) {
        return parents.getOrDefault(new Field(field.kind(), field.parent()), 0L);
    }

    private void walk(EventKind kind, String path, JsonNode value) {
        var field = new Field(kind, path);
        if (value.isObject()) parents.merge(field, 1L, Long::sum);
        if (!path.equals("properties")) note(field, value);
        for (var member : value.properties()) walk(kind, path + "." + member.getKey(), member.getValue());
        for (var element : value.isArray() ? value.values() : Set.<JsonNode>of()) walk(kind, path + "[]", element);
    }

    private void note(Field field, JsonNode value) {
        var shape = shape(value);
        shapes.computeIfAbsent(field, f -> new HashMap<>()).merge(shape, 1L, Long::sum);
        if (shape.equals("empty")) return;
        if (!value.isContainer())
            distinct.computeIfAbsent(field, f -> new HashSet<>()).add(value.asString());
        bins.computeIfAbsent(field, f -> new HashMap<>())
                .computeIfAbsent(shape, s -> new HashMap<>())
                .merge(bin(shape, value), 1L, Long::sum);
    }

    private static String shape(JsonNode value) {
        if (value.isNull() || (value.isString() && value.asString().isBlank())) return "empty";
        if (value.isObject()) return "object";
        if (value.isArray()) return "array";
        if (value.isBoolean()) return "boolean";
        if (value.isNumber()) return "number";
        var text = value.asString();
        if (text.endsWith("Z") && text.indexOf('T') == 10) return "time";
        if (text.startsWith("https://")) return "url";
        return text.indexOf(' ') < 0 ? "code" : "text";
    }

    private static String bin(String shape, JsonNode value) {
        return switch (shape) {
            case "number" -> "+" + (int) Math.floor(4 * Math.log(value.asDouble()) / Math.log(2) + 1e-12);
            case "boolean" -> value.asString();
            case "code", "text", "url" -> Integer.toString((md5(value.asString())[0] & 0xff) % 64);
            default -> "";
        };
    }

    private static byte[] md5(String text) {
        try {
            return MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
