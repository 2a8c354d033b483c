package io.rekindle.collect.tracking;

import io.rekindle.collect.CurrencySigns;
import io.rekindle.common.Decimals;
import io.rekindle.platform.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One step of a mapping that repairs items. A field is named from the item on, {@code properties.total}; {@code
 * products[]} in it stands for each element: {@code properties.products[].price}. A step whose field an item does not have
 * leaves that item as it is.
 *
 * @param op {@code rename} (field → to, a path within the same object as field's last but one part, or a whole path),
 *     {@code convert} (to: {@code number}, {@code string}, {@code boolean}), {@code set} (value, where it is missing or
 *     null), {@code replace} (value, whatever was there), {@code remove}, {@code event} (the event's name becomes to)
 * @param decimalComma of convert to number: whether numbers are written {@code 1.234,56}; {@code 1,234.56} unless said
 */
public record RepairStep(
        String op,
        @Nullable String field,
        @Nullable String to,
        @Nullable JsonNode value,
        @Nullable Boolean decimalComma) {
    private static final List<String> OPS = List.of("rename", "convert", "set", "replace", "remove", "event");
    private static final List<String> NAMED = List.of("page", "screen");
    private static final List<String> TYPES = List.of("number", "string", "boolean");
    private static final List<String> PARTS = List.of("properties", "traits", "context", "event", "name");
    /** No powers of ten: an id such as 12E3 is text. */
    private static final Pattern DIGITS = Pattern.compile("[-+]?\\d[\\d., \u00a0\u202f'\u2019]{0,36}");

    public RepairStep {
        Problem.requireOneOf("op", op, OPS);
        if (!op.equals("event") && (field == null || !isPath(field))) throw wrong("field");
        if (List.of("rename", "event").contains(op) && (to == null || to.isBlank())) throw wrong("to");
        if (op.equals("rename") && (to == null || !isPath(to) || elements(to) != elements(String.valueOf(field))))
            throw wrong("to");
        if (op.equals("convert")) {
            if (to == null) throw wrong("to");
            Problem.requireOneOf("to", to, TYPES);
        }
        if (List.of("set", "replace").contains(op) && value == null) throw wrong("value");
    }

    private static Problem wrong(String place) {
        return Problem.invalid(
                        "repair_step_invalid", "the step's '{place}' is missing or is no path such as properties.total")
                .with("place", place);
    }

    private static boolean isPath(String path) {
        if (path.length() > 200 || !PARTS.contains(path.split("[.]", 2)[0])) return false;
        for (var part : path.split("[.]", -1)) if (part.isBlank() || part.equals("[]")) return false;
        return true;
    }

    private static long elements(String path) {
        return path.chars().filter(c -> c == '[').count();
    }

    /** Changes the item. */
    public void apply(ObjectNode item) {
        switch (op) {
            // What a track is called stands elsewhere than what a page or a screen is.
            case "event" -> item.put(NAMED.contains(item.path("type").asString("")) ? "name" : "event", to);
            case "rename" ->
                rename(
                        item,
                        List.of(String.valueOf(field).split("[.]")),
                        List.of(String.valueOf(to).split("[.]")));
            default ->
                walk(item, List.of(String.valueOf(field).split("[.]")), op.equals("set") || op.equals("replace"));
        }
    }

    /** Elements of an array that both paths go through move each within itself. */
    private static void rename(ObjectNode from, List<String> field, List<String> to) {
        int same = 0;
        while (same < field.size() - 1
                && same < to.size() - 1
                && field.get(same).equals(to.get(same))) same++;
        for (var holder : holders(from, field.subList(0, same), false)) {
            var rest = field.subList(same, field.size());
            var target = to.subList(same, to.size());
            if (rest.stream().anyMatch(part -> part.endsWith("[]"))
                    || target.stream().anyMatch(part -> part.endsWith("[]"))) continue;
            for (var parent : holders(holder, rest.subList(0, rest.size() - 1), false)) {
                var moved = parent.remove(rest.getLast());
                if (moved == null) continue;
                for (var place : holders(holder, target.subList(0, target.size() - 1), true))
                    place.set(target.getLast(), moved);
            }
        }
    }

    private void walk(ObjectNode item, List<String> path, boolean makes) {
        for (var holder : holders(item, path.subList(0, path.size() - 1), makes)) {
            var name = path.getLast();
            if (name.endsWith("[]")) {
                var elements = holder.get(name.substring(0, name.length() - 2));
                if (elements instanceof ArrayNode array && op.equals("convert"))
                    for (int i = 0; i < array.size(); i++) array.set(i, converted(array.get(i)));
                continue;
            }
            var given = holder.get(name);
            switch (op) {
                case "remove" -> holder.remove(name);
                case "convert" -> {
                    if (given != null) holder.set(name, converted(given));
                }
                case "set" -> {
                    if (given == null || given.isNull()) holder.set(name, value);
                }
                default -> holder.set(name, value);
            }
        }
    }

    private static List<ObjectNode> holders(ObjectNode from, List<String> path, boolean makes) {
        var now = List.of(from);
        for (var part : path) {
            var next = new ArrayList<ObjectNode>();
            for (var one : now) {
                if (part.endsWith("[]")) {
                    for (var element : one.path(part.substring(0, part.length() - 2)))
                        if (element instanceof ObjectNode object) next.add(object);
                } else if (one.get(part) instanceof ObjectNode object) {
                    next.add(object);
                } else if (makes && (one.get(part) == null || one.get(part).isNull())) {
                    next.add(one.putObject(part));
                }
            }
            now = next;
        }
        return now;
    }

    private JsonNode converted(JsonNode given) {
        var text = given.isValueNode() ? given.asString("").strip() : null;
        if (text == null || given.isNull()) return given;
        var nodes = JsonNodeFactory.instance;
        return switch (String.valueOf(to)) {
            case "number" -> {
                var bare = CurrencySigns.without(text);
                var number = given.isString() && DIGITS.matcher(bare).matches()
                        ? Decimals.written(bare, Boolean.TRUE.equals(decimalComma))
                        : null;
                yield number == null ? given : nodes.numberNode(number);
            }
            case "string" -> given.isString() ? given : nodes.stringNode(text);
            default ->
                switch (text.toLowerCase(Locale.ROOT)) {
                    case "true", "yes", "1" -> nodes.booleanNode(true);
                    case "false", "no", "0" -> nodes.booleanNode(false);
                    default -> given;
                };
        };
    }
}
