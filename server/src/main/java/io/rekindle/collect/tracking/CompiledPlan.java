package io.rekindle.collect.tracking;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import io.rekindle.collect.EventType;
import io.rekindle.platform.Problem;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A plan in force, ready to be asked for every item: its schemas compiled once. Of an item only what a schema is about is
 * read as a tree; an event without a schema is not read a second time at all. Schemas fetch nothing from anywhere.
 */
public final class CompiledPlan {
    private static final Logger LOG = LoggerFactory.getLogger(CompiledPlan.class);
    private static final int MOST_RULES_TOLD = 10;
    private static final int LONGEST_VALUE = 40;
    private static final int LONGEST_RULE = 300;
    private static final String UNPLANNED = "not in the plan";
    private static final String UNREADABLE = "cannot be checked";
    private static final Set<String> NAMED = Set.of("track", "page", "screen");
    private static final Set<String> REFERENCES = Set.of("$ref", "$dynamicRef", "$recursiveRef");
    private static final Set<String> OF_THE_SAME_VALUE = Set.of("not", "if", "then", "else");
    private static final Set<String> EACH_OF_THE_SAME_VALUE = Set.of("allOf", "anyOf", "oneOf", "dependentSchemas");
    private static final byte[] NOTHING = {'{', '}'};
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final SchemaRegistry SCHEMAS = SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            builder -> builder.schemaCacheEnabled(false)
                    .schemaLoader(loader -> loader.fetchRemoteResources(false))
                    .schemaRegistryConfig(SchemaRegistryConfig.builder()
                            .regularExpressionFactory(CarefulPattern::new)
                            .formatAssertionsEnabled(true)
                            .build()));

    private record Event(EventType type, @Nullable String name) {}

    private final TrackingPlan plan;
    private final Map<Event, Schema> schemas;

    private CompiledPlan(TrackingPlan plan, Map<Event, Schema> schemas) {
        this.plan = plan;
        this.schemas = Map.copyOf(schemas);
    }

    /** A {@link Problem} {@code tracking_plan_invalid} that names every event whose schema is none. */
    static CompiledPlan of(TrackingPlan plan) {
        var faults = new ArrayList<Problem.Fault>();
        var schemas = new HashMap<Event, Schema>();
        for (int i = 0; i < plan.events().size(); i++) {
            var event = plan.events().get(i);
            var place = "events[%d]".formatted(i);
            var type = type(event.type());
            if (type == null || type == EventType.ALIAS) {
                faults.add(
                        new Problem.Fault(place + ".type", "not_one_of", "'{given}' is no {place}; there are {known}")
                                .with("given", event.type())
                                .with("place", "type")
                                .with("known", List.of("track", "page", "screen", "identify", "group")));
                continue;
            }
            var name = event.name() == null || event.name().isBlank()
                    ? null
                    : event.name().strip();
            if (type == EventType.TRACK && name == null)
                faults.add(new Problem.Fault(
                        place + ".name", "planned_event_unnamed", "a track call needs the event's name"));
            if (!NAMED.contains(event.type()) && name != null)
                faults.add(new Problem.Fault(
                        place + ".name", "planned_event_named", "calls of this type have no name of their own"));
            var schema = compiled(event.schema(), place + ".schema", faults);
            if (schema != null && schemas.put(new Event(type, name), schema) != null)
                faults.add(new Problem.Fault(place, "planned_event_twice", "the plan has this event already"));
        }
        if (!faults.isEmpty())
            throw new Problem(
                    Problem.Kind.UNPROCESSABLE, "tracking_plan_invalid", "the plan cannot be used as it is", faults);
        return new CompiledPlan(plan, schemas);
    }

    private static @Nullable EventType type(String code) {
        for (var type : EventType.values()) if (type.code().equals(code)) return type;
        return null;
    }

    private static @Nullable Schema compiled(JsonNode schema, String place, List<Problem.Fault> faults) {
        if (!schema.isObject() && !schema.isBoolean()) {
            faults.add(new Problem.Fault(place, "schema_invalid", "{why}").with("why", "a schema is a JSON object"));
            return null;
        }
        try {
            var dialect = schema.path("$schema").asString(SpecificationVersion.DRAFT_2020_12.getDialectId());
            int before = faults.size();
            for (var error : SCHEMAS.getSchema(SchemaLocation.of(dialect.replaceAll("#$", "")))
                    .validate(schema))
                if (faults.size() - before < MOST_RULES_TOLD)
                    faults.add(new Problem.Fault(place + error.getInstanceLocation(), "schema_invalid", "{why}")
                            .with("why", error.getMessage()));
            requireRefersWithinItself(schema, schema, place, faults);
            if (goesInCircles(schema))
                faults.add(new Problem.Fault(
                        place,
                        "schema_circular",
                        "a part of the schema asks for itself of the same value, and so without end"));
            if (faults.size() > before) return null;
            var compiled = SCHEMAS.getSchema(schema);
            compiled.validate(JSON.createObjectNode());
            return compiled;
        } catch (SchemaException | IllegalArgumentException e) {
            faults.add(new Problem.Fault(place, "schema_invalid", "{why}").with("why", String.valueOf(e.getMessage())));
            return null;
        }
    }

    /** A schema is looked at for every item: what it means must not stand anywhere else. */
    private static void requireRefersWithinItself(
            JsonNode whole, JsonNode part, String place, List<Problem.Fault> faults) {
        for (var field : part.properties()) {
            var value = field.getValue();
            if (REFERENCES.contains(field.getKey()) && value.isString() && !isWithin(whole, value.asString()))
                faults.add(
                        new Problem.Fault(place, "schema_reference_invalid", "'{reference}' is nowhere in the schema")
                                .with("reference", value.asString()));
            requireRefersWithinItself(whole, value, place, faults);
        }
        if (part.isArray()) for (var element : part) requireRefersWithinItself(whole, element, place, faults);
    }

    private static boolean isWithin(JsonNode whole, String reference) {
        if (!reference.startsWith("#")) return false;
        var pointer = pointer(reference);
        return !pointer.startsWith("/")
                || !whole.at(JsonPointer.compile(pointer)).isMissingNode();
    }

    private static String pointer(String reference) {
        return URLDecoder.decode(reference.substring(1).replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** Whether a part of the schema leads back to itself without going down into the value: a check by it never ends. */
    private static boolean goesInCircles(JsonNode schema) {
        var onTheWay = Collections.<JsonNode>newSetFromMap(new IdentityHashMap<>());
        var done = Collections.<JsonNode>newSetFromMap(new IdentityHashMap<>());
        var parts = new ArrayDeque<JsonNode>(List.of(schema));
        while (!parts.isEmpty()) {
            var part = parts.pop();
            if (part.isObject() && leadsBack(schema, part, onTheWay, done)) return true;
            part.forEach(parts::push);
        }
        return false;
    }

    private static boolean leadsBack(JsonNode whole, JsonNode part, Set<JsonNode> onTheWay, Set<JsonNode> done) {
        if (done.contains(part)) return false;
        if (!onTheWay.add(part)) return true;
        for (var field : part.properties()) {
            var value = field.getValue();
            if (REFERENCES.contains(field.getKey()) && value.isString()) {
                var pointer = pointer(value.asString());
                if (pointer.isEmpty() || pointer.startsWith("/"))
                    if (leadsBack(whole, whole.at(JsonPointer.compile(pointer)), onTheWay, done)) return true;
            } else if (OF_THE_SAME_VALUE.contains(field.getKey())) {
                if (value.isObject() && leadsBack(whole, value, onTheWay, done)) return true;
            } else if (EACH_OF_THE_SAME_VALUE.contains(field.getKey())) {
                for (var one : value) if (one.isObject() && leadsBack(whole, one, onTheWay, done)) return true;
            }
        }
        onTheWay.remove(part);
        done.add(part);
        return false;
    }

    public int version() {
        return plan.version();
    }

    public TrackingPlan.Mode mode() {
        return plan.mode();
    }

    /**
     * What an item breaks; empty when it is as it should be.
     *
     * @param name the event's name as it came; null when the call has none
     * @param body in which its properties, or its traits, stand from {@code from} to {@code to}; nowhere when these are
     *     equal
     */
    public List<String> broken(EventType type, @Nullable String name, byte[] body, int from, int to) {
        var schema = schema(type, name);
        if (schema == null) return unplanned(type);
        return broken(
                schema, () -> from >= 0 && from < to ? JSON.readTree(body, from, to - from) : JSON.readTree(NOTHING));
    }

    /** The same of properties or traits that were read already. */
    public List<String> broken(EventType type, @Nullable String name, JsonNode value) {
        var schema = schema(type, name);
        return schema == null ? unplanned(type) : broken(schema, () -> value);
    }

    private @Nullable Schema schema(EventType type, @Nullable String name) {
        var schema = name == null ? null : schemas.get(new Event(type, name));
        return schema == null ? schemas.get(new Event(type, null)) : schema;
    }

    private List<String> unplanned(EventType type) {
        return plan.allowsUnplanned() || type == EventType.ALIAS ? List.of() : List.of(UNPLANNED);
    }

    private static List<String> broken(Schema schema, Supplier<JsonNode> value) {
        try {
            var errors = schema.validate(value.get());
            return errors.isEmpty() ? List.of() : rules(errors);
        } catch (JacksonException
                | SchemaException
                | ArithmeticException
                | IllegalArgumentException
                | StackOverflowError e) {
            // Numbers no arithmetic can take, for one; or a schema that goes down with a value that goes too deep.
            LOG.debug("an item cannot be checked against its schema", e);
            return List.of(UNREADABLE);
        }
    }

    private static List<String> rules(List<Error> errors) {
        var rules = new LinkedHashSet<String>();
        for (var error : errors) {
            if (rules.size() == MOST_RULES_TOLD) break;
            rules.add(rule(error));
        }
        return List.copyOf(rules);
    }

    /**
     * Which rule it was, in words of the schema alone: what the item holds may be personal, even the names of its fields.
     * {@code products[].price: type number}, {@code total: required}.
     */
    private static String rule(Error error) {
        var path = error.getSchemaLocation().getFragment();
        var field = new StringBuilder();
        int last = path.getNameCount() - 1;
        for (int i = 0; i < last; i++) {
            var part = path.getName(i);
            if (part.equals("properties") && i + 1 < last) {
                field.append(field.isEmpty() ? "" : ".").append(path.getName(++i));
            } else if (part.equals("items") || part.equals("prefixItems")) {
                field.append("[]");
            } else {
                field.append(field.isEmpty() ? "" : ".").append(part);
            }
        }
        var keyword = String.valueOf(error.getKeyword());
        var asked = error.getSchemaNode();
        String rule = keyword.equals("required") && error.getProperty() != null
                ? "%s%s: required".formatted(field.isEmpty() ? "" : field + ".", error.getProperty())
                : "%s%s%s"
                        .formatted(
                                field.isEmpty() ? "" : field + ": ",
                                keyword,
                                asked != null
                                                && asked.isValueNode()
                                                && asked.asString("").length() <= LONGEST_VALUE
                                        ? " " + asked.asString("")
                                        : "");
        rule = rule.replaceAll("\\p{Cntrl}", " ");
        return rule.length() <= LONGEST_RULE ? rule : rule.substring(0, LONGEST_RULE);
    }
}
