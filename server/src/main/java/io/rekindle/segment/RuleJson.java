package io.rekindle.segment;

import io.rekindle.platform.Problem;
import io.rekindle.platform.Problem.Fault;
import io.rekindle.segment.ValueTest.Scalar;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Rules to and from JSON. Reading looks at the whole rule and tells every fault with its place, written as a path from
 * the root: {@code all[1].count.atLeast}.
 */
public final class RuleJson {
    /** The stable code of a rule that cannot be. */
    public static final String INVALID = "segment_rule_invalid";

    private static final Set<String> KINDS = new TreeSet<>(List.of(
            "all", "any", "not", "trait", "tag", "event", "orders", "tier", "group", "stage", "score", "message",
            "segment"));
    private static final List<String> TESTS = List.of(
            "equals", "not_equals", "in", "contains", "greater", "less", "between", "exists", "before", "after");
    private static final int MOST_DEPTH = RuleSize.MOST_DEPTH;
    private static final int MOST_CONDITIONS = RuleSize.MOST_CONDITIONS;
    private static final int MOST_VALUES = 1_000;
    private static final int MOST_TEXT = 500;
    private static final Pattern PROPERTY = Pattern.compile("[^\"\\\\\\p{Cntrl}.]+(\\.[^\"\\\\\\p{Cntrl}.]+)*");

    private RuleJson() {}

    /** The segments a rule may refer to. */
    @FunctionalInterface
    public interface Known {
        /** What is wrong with a reference to this segment; empty when nothing is. */
        Optional<Fault> faultOf(long segmentId);
    }

    /**
     * Reads a rule.
     *
     * @throws Problem {@value #INVALID} with every fault and its place
     */
    public static Rule read(JsonNode json, Vocabulary vocabulary, Known segments) {
        var reader = new Reader(vocabulary, segments);
        var rule = reader.rule(json, "", 1);
        if (!reader.faults.isEmpty())
            throw Problem.unprocessable(
                    "segment_rule_invalid",
                    reader.faults.size() == 1
                            ? "the rule has a fault at %s: %s"
                                    .formatted(
                                            shown(reader.faults.getFirst().place()),
                                            reader.faults.getFirst().message())
                            : "the rule has %d faults; each is listed with its place".formatted(reader.faults.size()),
                    reader.faults);
        if (rule == null) throw new IllegalStateException("a rule without faults was not read");
        return rule;
    }

    /** Reads a rule that was accepted before: names of tiers, stages or scores may have gone out of use since. */
    static Rule readStored(JsonNode json) {
        var reader = new Reader(null, segmentId -> Optional.empty());
        var rule = reader.rule(json, "", 1);
        if (rule == null || !reader.faults.isEmpty())
            throw new IllegalStateException("a stored rule cannot be read: " + reader.faults);
        return rule;
    }

    /** What is no fault and probably a mistake all the same, with its place: events that were never seen. */
    static List<Fault> oddities(Rule rule, Vocabulary vocabulary) {
        var found = new ArrayList<Fault>();
        collect(rule, "", vocabulary, found);
        return found;
    }

    private static void collect(Rule rule, String place, Vocabulary vocabulary, List<Fault> into) {
        switch (rule) {
            case Rule.All(var rules) -> collect(rules, at(place, "all"), vocabulary, into);
            case Rule.Any(var rules) -> collect(rules, at(place, "any"), vocabulary, into);
            case Rule.Not(var inner) -> collect(inner, at(place, "not"), vocabulary, into);
            case Rule.Event event ->
                vocabulary.oddityOfEvent(event.name()).ifPresent(oddity -> into.add(oddity.at(at(place, "event"))));
            case Rule.Trait trait -> {}
            case Rule.Tag tag -> {}
            case Rule.Orders orders -> {}
            case Rule.Tier tier -> {}
            case Rule.Group group -> {}
            case Rule.Stage stage -> {}
            case Rule.Score score -> {}
            case Rule.Message message -> {}
            case Rule.InSegment segment -> {}
        }
    }

    private static void collect(List<Rule> rules, String place, Vocabulary vocabulary, List<Fault> into) {
        for (int i = 0; i < rules.size(); i++) collect(rules.get(i), place + "[" + i + "]", vocabulary, into);
    }

    static String at(String place, String field) {
        return place.isEmpty() ? field : place + "." + field;
    }

    private static String shown(String place) {
        return place.isEmpty() ? "its root" : place;
    }

    private static final class Reader {
        private final @Nullable Vocabulary vocabulary;
        private final Known segments;
        private final List<Fault> faults = new ArrayList<>();
        private int conditions;

        /**
         * @param vocabulary the names that are known; null = any name is
         */
        Reader(@Nullable Vocabulary vocabulary, Known segments) {
            this.vocabulary = vocabulary;
            this.segments = segments;
        }

        private void fault(Fault fault) {
            faults.add(fault);
        }

        /** Always null, as whatever was to be read there. */
        @SuppressWarnings("TypeParameterUnusedInFormals")
        private <T> @Nullable T refused(Fault fault) {
            faults.add(fault);
            return null;
        }

        private @Nullable Rule rule(@Nullable JsonNode json, String place, int depth) {
            if (json == null || !json.isObject())
                return refused(
                        new Fault(place, "rule_not_object", "a rule is an object with one of {kinds}; this is {given}")
                                .with("kinds", KINDS)
                                .with("given", kindOf(json)));
            if (depth > MOST_DEPTH)
                return refused(new Fault(place, "rule_too_deep", "rules are nested more than {most} deep")
                        .with("most", MOST_DEPTH));
            var kinds = json.propertyNames().stream().filter(KINDS::contains).toList();
            if (kinds.size() != 1)
                return refused(
                        kinds.isEmpty()
                                ? new Fault(place, "rule_kind_missing", "a rule has one of {kinds}; this has {given}")
                                        .with("kinds", KINDS)
                                        .with("given", json.propertyNames())
                                : new Fault(
                                                place,
                                                "rule_kinds_several",
                                                "a rule has only one of {kinds}; this has {given}: put several rules into 'all' or 'any'")
                                        .with("kinds", KINDS)
                                        .with("given", kinds));
            var kind = kinds.getFirst();
            if (!Set.of("all", "any", "not").contains(kind) && oneTooMany(place)) return null;
            return switch (kind) {
                case "all", "any" -> group(json, kind, place, depth);
                case "not" -> {
                    only(json, place, Set.of("not"));
                    var inner = rule(json.get("not"), at(place, "not"), depth + 1);
                    yield inner == null ? null : new Rule.Not(inner);
                }
                case "trait" -> trait(json, place);
                case "tag" -> tag(json, place);
                case "event" -> event(json, place);
                case "orders" -> orders(json, place);
                case "tier" -> {
                    only(json, place, Set.of("tier"));
                    var tiers = names(
                            json.get("tier"),
                            at(place, "tier"),
                            "tier",
                            vocabulary == null ? null : vocabulary.tiers());
                    yield tiers == null ? null : new Rule.Tier(tiers);
                }
                case "group" -> {
                    only(json, place, Set.of("group"));
                    var groups = names(
                            json.get("group"),
                            at(place, "group"),
                            "value group",
                            vocabulary == null ? null : vocabulary.groups());
                    yield groups == null ? null : new Rule.Group(groups);
                }
                case "stage" -> {
                    only(json, place, Set.of("stage"));
                    var stages = names(
                            json.get("stage"),
                            at(place, "stage"),
                            "stage",
                            vocabulary == null ? null : vocabulary.stages());
                    yield stages == null ? null : new Rule.Stage(stages);
                }
                case "score" -> score(json, place);
                case "message" -> message(json, place);
                default -> segment(json, place);
            };
        }

        /** Counts a condition; told once, where the first one too many stands. What was accepted before is read. */
        private boolean oneTooMany(String place) {
            if (vocabulary == null) return false;
            if (++conditions == MOST_CONDITIONS + 1)
                fault(new Fault(place, "too_many_conditions", "the rule has more than {most} conditions")
                        .with("most", MOST_CONDITIONS));
            return conditions > MOST_CONDITIONS;
        }

        private @Nullable Rule group(JsonNode json, String kind, String place, int depth) {
            only(json, place, Set.of(kind));
            var list = json.get(kind);
            if (!list.isArray() || list.isEmpty())
                return refused(
                        new Fault(at(place, kind), "rule_list_empty", "'{kind}' is a list with at least one rule")
                                .with("kind", kind));
            var rules = new ArrayList<Rule>();
            for (int i = 0; i < list.size(); i++) {
                var rule = rule(list.get(i), at(place, kind) + "[" + i + "]", depth + 1);
                if (rule != null) rules.add(rule);
            }
            if (rules.size() < list.size()) return null;
            return kind.equals("all") ? new Rule.All(rules) : new Rule.Any(rules);
        }

        private @Nullable Rule trait(JsonNode json, String place) {
            only(json, place, Set.of("trait", "is", "value"));
            var trait = text(json.get("trait"), at(place, "trait"));
            if (trait != null && vocabulary != null) {
                var fault = vocabulary.faultOfTrait(trait);
                if (fault.isPresent()) fault(fault.get().at(at(place, "trait")));
            }
            var test = test(json, place);
            if (trait == null || test == null) return null;
            if (vocabulary != null) {
                var misfit = vocabulary.misfit(trait, test);
                if (misfit.isPresent())
                    return refused(new Fault(
                                    at(place, misfit.get().where()),
                                    "trait_misfit",
                                    "'{trait}': {what}, and its values are {held}; it takes {ways}")
                            .with("trait", trait)
                            .with("what", misfit.get().what())
                            .with("held", misfit.get().held())
                            .with("ways", misfit.get().ways()));
            }
            return new Rule.Trait(trait, test);
        }

        private @Nullable Rule tag(JsonNode json, String place) {
            only(json, place, Set.of("tag", "is", "value"));
            var tag = text(json.get("tag"), at(place, "tag"));
            if (tag != null && vocabulary != null) {
                var fault = vocabulary.faultOfTag(tag);
                if (fault.isPresent()) fault(fault.get().at(at(place, "tag")));
            }
            var test = test(json, place);
            if (tag == null || test == null) return null;
            if (vocabulary != null) {
                var misfit = vocabulary.tagMisfit(tag, test);
                if (misfit.isPresent())
                    return refused(new Fault(
                                    at(place, misfit.get().where()),
                                    "trait_misfit",
                                    "'{trait}': {what}, and its values are {held}; it takes {ways}")
                            .with("trait", tag)
                            .with("what", misfit.get().what())
                            .with("held", misfit.get().held())
                            .with("ways", misfit.get().ways()));
            }
            return new Rule.Tag(tag, test);
        }

        private @Nullable Rule event(JsonNode json, String place) {
            only(json, place, Set.of("event", "count", "sum", "last", "withinDays", "where"));
            int before = faults.size();
            var name = text(json.get("event"), at(place, "event"));
            var count = count(json.get("count"), at(place, "count"));
            var sum = range(json.get("sum"), at(place, "sum"));
            var last = recency(json.get("last"), at(place, "last"));
            var within = days(json.get("withinDays"), at(place, "withinDays"));
            var where = new ArrayList<Rule.Property>();
            var conditions = json.get("where");
            if (conditions != null && !conditions.isArray())
                fault(new Fault(at(place, "where"), "where_not_list", "'where' is a list of conditions on properties"));
            else if (conditions != null)
                for (int i = 0; i < conditions.size(); i++) {
                    var condition = property(conditions.get(i), at(place, "where") + "[" + i + "]");
                    if (condition != null) where.add(condition);
                }
            if (!json.has("count") && !json.has("sum") && !json.has("last"))
                fault(new Fault(
                        place,
                        "event_without_measure",
                        "an event rule says how often ('count'), how much ('sum') or when ('last')"));
            if (name == null || faults.size() > before) return null;
            return new Rule.Event(name, count, sum, last, within, where);
        }

        private Rule.@Nullable Property property(JsonNode json, String place) {
            if (oneTooMany(place)) return null;
            if (!json.isObject())
                return refused(new Fault(place, "condition_not_object", "a condition is an object; this is {given}")
                        .with("given", kindOf(json)));
            only(json, place, Set.of("property", "is", "value"));
            var property = text(json.get("property"), at(place, "property"));
            if (property != null && !PROPERTY.matcher(property).matches())
                return refused(new Fault(
                                at(place, "property"),
                                "property_name",
                                "'{property}' is not a property: names are joined by single dots, without quotes and backslashes")
                        .with("property", property));
            var test = test(json, place);
            return property == null || test == null ? null : new Rule.Property(property, test);
        }

        private @Nullable Rule orders(JsonNode json, String place) {
            only(json, place, Set.of("orders", "withinDays"));
            int before = faults.size();
            var within = days(json.get("withinDays"), at(place, "withinDays"));
            var measures = json.get("orders");
            var inside = at(place, "orders");
            if (!measures.isObject())
                return refused(new Fault(
                                inside,
                                "orders_not_object",
                                "'orders' is an object with count, revenue or lastOrder; this is {given}")
                        .with("given", kindOf(measures)));
            only(measures, inside, Set.of("count", "revenue", "lastOrder"));
            var count = count(measures.get("count"), at(inside, "count"));
            var revenue = range(measures.get("revenue"), at(inside, "revenue"));
            var last = recency(measures.get("lastOrder"), at(inside, "lastOrder"));
            if (!measures.has("count") && !measures.has("revenue") && !measures.has("lastOrder"))
                fault(new Fault(
                        inside,
                        "orders_without_measure",
                        "an orders rule says how many ('count'), how much ('revenue') or when ('lastOrder')"));
            return faults.size() > before ? null : new Rule.Orders(count, revenue, last, within);
        }

        private @Nullable Rule score(JsonNode json, String place) {
            only(json, place, Set.of("score", "atLeast", "atMost"));
            int before = faults.size();
            var name = text(json.get("score"), at(place, "score"));
            if (name != null && vocabulary != null && !vocabulary.scores().contains(name))
                fault(new Fault(at(place, "score"), "score_unknown", "there is no score '{score}'; known are {known}")
                        .with("score", name)
                        .with("known", vocabulary.scores()));
            var bounds = bounds(json, place);
            if (name == null || bounds == null || faults.size() > before) return null;
            return new Rule.Score(name, bounds);
        }

        private @Nullable Rule message(JsonNode json, String place) {
            only(json, place, Set.of("message", "withinDays"));
            int before = faults.size();
            var within = days(json.get("withinDays"), at(place, "withinDays"));
            var inside = at(place, "message");
            var message = json.get("message");
            if (!message.isObject())
                return refused(new Fault(
                                inside,
                                "message_not_object",
                                "'message' is an object with campaignId or state; this is {given}")
                        .with("given", kindOf(message)));
            only(message, inside, Set.of("campaignId", "state"));
            var campaign = message.has("campaignId") ? id(message.get("campaignId"), at(inside, "campaignId")) : null;
            if (campaign != null && vocabulary != null)
                vocabulary.faultOfCampaign(campaign).ifPresent(fault -> fault(fault.at(at(inside, "campaignId"))));
            var states = message.has("state")
                    ? names(
                            message.get("state"),
                            at(inside, "state"),
                            "message state",
                            Vocabulary.MESSAGE_STATES.keySet())
                    : List.<String>of();
            if (states == null || faults.size() > before) return null;
            return new Rule.Message(Optional.ofNullable(campaign), states, within);
        }

        private @Nullable Rule segment(JsonNode json, String place) {
            only(json, place, Set.of("segment"));
            var id = id(json.get("segment"), at(place, "segment"));
            if (id == null) return null;
            var fault = segments.faultOf(id);
            if (fault.isPresent()) return refused(fault.get().at(at(place, "segment")));
            return new Rule.InSegment(id);
        }

        private @Nullable ValueTest test(JsonNode json, String place) {
            var is = json.get("is");
            var name = is == null || !is.isString() ? null : is.stringValue();
            if (name == null || !TESTS.contains(name))
                return refused(
                        new Fault(at(place, "is"), "comparison_unknown", "'is' is one of {known}; this is {given}")
                                .with("known", TESTS)
                                .with("given", shown(is)));
            var value = json.get("value");
            var valuePlace = at(place, "value");
            if (name.equals("exists"))
                return value == null
                        ? new ValueTest.Exists()
                        : refused(new Fault(valuePlace, "exists_takes_no_value", "'exists' takes no value"));
            if (value == null)
                return refused(new Fault(valuePlace, "value_missing", "'{comparison}' needs a value")
                        .with("comparison", name));
            return switch (name) {
                case "equals" -> {
                    var scalar = scalar(value, valuePlace);
                    yield scalar == null ? null : new ValueTest.Equals(scalar);
                }
                case "not_equals" -> {
                    var scalar = scalar(value, valuePlace);
                    yield scalar == null ? null : new ValueTest.NotEquals(scalar);
                }
                case "in" -> in(value, valuePlace);
                case "contains" -> {
                    var text = text(value, valuePlace);
                    yield text == null ? null : new ValueTest.Contains(text);
                }
                case "greater" -> {
                    var number = number(value, valuePlace);
                    yield number == null ? null : new ValueTest.Greater(number);
                }
                case "less" -> {
                    var number = number(value, valuePlace);
                    yield number == null ? null : new ValueTest.Less(number);
                }
                case "between" -> between(value, valuePlace);
                case "before" -> {
                    var day = day(value, valuePlace);
                    yield day == null ? null : new ValueTest.Before(day);
                }
                default -> {
                    var day = day(value, valuePlace);
                    yield day == null ? null : new ValueTest.After(day);
                }
            };
        }

        private @Nullable ValueTest in(JsonNode value, String place) {
            if (!value.isArray() || value.isEmpty())
                return refused(new Fault(place, "in_needs_list", "'in' takes a list with at least one value"));
            if (vocabulary != null && value.size() > MOST_VALUES)
                return refused(new Fault(place, "too_many_values", "a list has at most {most} values; this has {given}")
                        .with("most", MOST_VALUES)
                        .with("given", value.size()));
            var scalars = new ArrayList<Scalar>();
            for (int i = 0; i < value.size(); i++) {
                var scalar = scalar(value.get(i), place + "[" + i + "]");
                if (scalar != null) scalars.add(scalar);
            }
            return scalars.size() < value.size() ? null : new ValueTest.In(scalars);
        }

        private @Nullable ValueTest between(JsonNode value, String place) {
            if (!value.isArray() || value.size() != 2)
                return refused(
                        new Fault(place, "between_needs_two", "'between' takes a list of two numbers or two days"));
            if (value.get(0).isString()) {
                var first = day(value.get(0), place + "[0]");
                var last = day(value.get(1), place + "[1]");
                return first == null || last == null
                        ? null
                        : checked(place, () -> new ValueTest.BetweenDays(first, last));
            }
            var low = number(value.get(0), place + "[0]");
            var high = number(value.get(1), place + "[1]");
            return low == null || high == null ? null : checked(place, () -> new ValueTest.Between(low, high));
        }

        private @Nullable Scalar scalar(JsonNode value, String place) {
            if (value.isString()) {
                var text = value.stringValue();
                return text.length() > MOST_TEXT
                        ? refused(new Fault(place, "text_too_long", "a text has at most {most} characters")
                                .with("most", MOST_TEXT))
                        : new Scalar.Text(text);
            }
            if (value.isBoolean()) return new Scalar.Flag(value.booleanValue());
            if (value.isNumber()) {
                var number = number(value, place);
                return number == null ? null : new Scalar.Numeric(number);
            }
            return refused(
                    new Fault(place, "scalar_wanted", "a text, a number or true/false is wanted; this is {given}")
                            .with("given", kindOf(value)));
        }

        private @Nullable LocalDate day(JsonNode value, String place) {
            if (value.isString()) {
                try {
                    return LocalDate.parse(value.stringValue());
                } catch (DateTimeParseException notADay) {
                    return refused(new Fault(place, "not_a_day", "'{given}' is not a day like 2026-03-01")
                            .with("given", value.stringValue()));
                }
            }
            return refused(new Fault(place, "day_wanted", "a day like \"2026-03-01\" is wanted; this is {given}")
                    .with("given", kindOf(value)));
        }

        private @Nullable BigDecimal number(@Nullable JsonNode value, String place) {
            if (value == null || !value.isNumber())
                return refused(new Fault(place, "number_wanted", "a number is wanted; this is {given}")
                        .with("given", kindOf(value)));
            if (value.isDouble() && !Double.isFinite(value.doubleValue()))
                return refused(new Fault(
                                place,
                                "number_out_of_range",
                                "{number} is out of range: at most 15 digits before the point and 12 after it")
                        .with("number", value.asString()));
            var number = value.decimalValue();
            return (long) number.precision() - number.scale() > 15 || number.scale() > 12
                    ? refused(new Fault(
                                    place,
                                    "number_out_of_range",
                                    "{number} is out of range: at most 15 digits before the point and 12 after it")
                            .with("number", number))
                    : number;
        }

        private Optional<Range> count(@Nullable JsonNode json, String place) {
            var range = range(json, place);
            range.ifPresent(r -> {
                whole(r.atLeast(), at(place, "atLeast"));
                whole(r.atMost(), at(place, "atMost"));
            });
            return range;
        }

        private void whole(@Nullable BigDecimal bound, String place) {
            if (bound != null
                    && (bound.signum() < 0 || bound.stripTrailingZeros().scale() > 0))
                fault(new Fault(place, "count_not_whole", "a count is a whole number of at least 0; this is {given}")
                        .with("given", bound.toPlainString()));
        }

        private Optional<Range> range(@Nullable JsonNode json, String place) {
            if (json == null) return Optional.empty();
            if (!json.isObject()) {
                fault(new Fault(
                                place,
                                "range_wanted",
                                "an object with atLeast, atMost or both is wanted; this is {given}")
                        .with("given", kindOf(json)));
                return Optional.empty();
            }
            only(json, place, Set.of("atLeast", "atMost"));
            return Optional.ofNullable(bounds(json, place));
        }

        private @Nullable Range bounds(JsonNode json, String place) {
            if (!json.has("atLeast") && !json.has("atMost"))
                return refused(new Fault(place, "bounds_missing", "'atLeast', 'atMost' or both are needed"));
            int before = faults.size();
            var least = json.has("atLeast") ? number(json.get("atLeast"), at(place, "atLeast")) : null;
            var most = json.has("atMost") ? number(json.get("atMost"), at(place, "atMost")) : null;
            return faults.size() > before ? null : checked(place, () -> new Range(least, most));
        }

        private Optional<Recency> recency(@Nullable JsonNode json, String place) {
            if (json == null) return Optional.empty();
            if (!json.isObject() || json.has("withinDays") == json.has("beforeDays")) {
                fault(new Fault(place, "recency_wanted", "an object with either withinDays or beforeDays is wanted"));
                return Optional.empty();
            }
            only(json, place, Set.of("withinDays", "beforeDays"));
            var within = days(json.get("withinDays"), at(place, "withinDays"));
            var before = days(json.get("beforeDays"), at(place, "beforeDays"));
            return within.<Recency>map(Recency.WithinDays::new).or(() -> before.map(Recency.BeforeDays::new));
        }

        private Optional<Integer> days(@Nullable JsonNode json, String place) {
            if (json == null) return Optional.empty();
            if (!json.isIntegralNumber()
                    || !json.canConvertToInt()
                    || json.intValue() < 1
                    || json.intValue() > Recency.MOST_DAYS) {
                fault(new Fault(
                                place,
                                "days_wanted",
                                "a whole number of days from 1 to {most} is wanted; this is {given}")
                        .with("most", Recency.MOST_DAYS)
                        .with("given", shown(json)));
                return Optional.empty();
            }
            return Optional.of(json.intValue());
        }

        private @Nullable Long id(JsonNode json, String place) {
            if (!json.isIntegralNumber() || !json.canConvertToLong() || json.longValue() < 1)
                return refused(new Fault(place, "id_wanted", "an id is a whole number from 1; this is {given}")
                        .with("given", shown(json)));
            return json.longValue();
        }

        private @Nullable List<String> names(
                JsonNode json, String place, String what, @Nullable Collection<String> known) {
            if (!json.isArray() || json.isEmpty())
                return refused(new Fault(
                                place, "choices_missing", "a list with at least one {what} is wanted; this is {given}")
                        .with("what", what)
                        .with("given", kindOf(json)));
            if (vocabulary != null && json.size() > MOST_VALUES)
                return refused(new Fault(place, "too_many_values", "a list has at most {most} values; this has {given}")
                        .with("most", MOST_VALUES)
                        .with("given", json.size()));
            var names = new ArrayList<String>();
            int before = faults.size();
            for (int i = 0; i < json.size(); i++) {
                var name = text(json.get(i), place + "[" + i + "]");
                if (name != null && known != null && !known.contains(name))
                    fault(new Fault(
                                    place + "[" + i + "]",
                                    "choice_unknown",
                                    "there is no {what} '{given}'; known are {known}")
                            .with("what", what)
                            .with("given", name)
                            .with("known", known));
                else if (name != null) names.add(name);
            }
            return faults.size() > before ? null : names;
        }

        private @Nullable String text(@Nullable JsonNode json, String place) {
            if (json == null) return refused(new Fault(place, "missing", "a text is missing"));
            if (!json.isString())
                return refused(new Fault(place, "text_wanted", "a text is wanted; this is {given}")
                        .with("given", kindOf(json)));
            var text = json.stringValue();
            if (text.isBlank()) return refused(new Fault(place, "missing", "the text is empty"));
            return text.length() > MOST_TEXT
                    ? refused(new Fault(place, "text_too_long", "a text has at most {most} characters")
                            .with("most", MOST_TEXT))
                    : text;
        }

        private <T> @Nullable T checked(String place, Supplier<T> make) {
            try {
                return make.get();
            } catch (IllegalArgumentException e) {
                return refused(new Fault(place, "bounds_crossed", "{words}").with("words", e.getMessage()));
            }
        }

        private void only(JsonNode json, String place, Set<String> known) {
            for (var name : json.propertyNames())
                if (!known.contains(name))
                    fault(new Fault(at(place, name), "unknown_field", "unknown field; known are {known}")
                            .with("known", new TreeSet<>(known)));
        }

        private static String shown(@Nullable JsonNode json) {
            return json == null ? "missing" : json.isContainer() ? kindOf(json) : json.toString();
        }

        private static String kindOf(@Nullable JsonNode json) {
            if (json == null) return "missing";
            return switch (json.getNodeType()) {
                case ARRAY -> json.isEmpty() ? "an empty list" : "a list";
                case OBJECT -> "an object";
                case STRING -> "a text";
                case NUMBER -> "a number";
                case BOOLEAN -> "true or false";
                case NULL -> "null";
                case BINARY, MISSING, POJO -> "nothing";
            };
        }
    }

    /** Writes a rule; {@link #read} gives the same rule back. */
    public static ObjectNode write(Rule rule) {
        var json = JsonNodeFactory.instance.objectNode();
        switch (rule) {
            case Rule.All(var rules) -> write(rules, json.putArray("all"));
            case Rule.Any(var rules) -> write(rules, json.putArray("any"));
            case Rule.Not(var inner) -> json.set("not", write(inner));
            case Rule.Trait(var trait, var test) -> {
                json.put("trait", trait);
                write(test, json);
            }
            case Rule.Tag(var tag, var test) -> {
                json.put("tag", tag);
                write(test, json);
            }
            case Rule.Event event -> {
                json.put("event", event.name());
                event.count().ifPresent(range -> json.set("count", write(range)));
                event.sum().ifPresent(range -> json.set("sum", write(range)));
                event.last().ifPresent(last -> json.set("last", write(last)));
                event.withinDays().ifPresent(days -> json.put("withinDays", days));
                if (!event.where().isEmpty()) {
                    var where = json.putArray("where");
                    for (var property : event.where())
                        write(property.test(), where.addObject().put("property", property.property()));
                }
            }
            case Rule.Orders orders -> {
                var measures = json.putObject("orders");
                orders.count().ifPresent(range -> measures.set("count", write(range)));
                orders.revenue().ifPresent(range -> measures.set("revenue", write(range)));
                orders.lastOrder().ifPresent(last -> measures.set("lastOrder", write(last)));
                orders.withinDays().ifPresent(days -> json.put("withinDays", days));
            }
            case Rule.Tier(var tiers) -> tiers.forEach(json.putArray("tier")::add);
            case Rule.Group(var groups) -> groups.forEach(json.putArray("group")::add);
            case Rule.Stage(var stages) -> stages.forEach(json.putArray("stage")::add);
            case Rule.Score(var score, var range) -> {
                json.put("score", score);
                json.setAll(write(range));
            }
            case Rule.Message message -> {
                var inside = json.putObject("message");
                message.campaignId().ifPresent(id -> inside.put("campaignId", id));
                if (!message.states().isEmpty()) message.states().forEach(inside.putArray("state")::add);
                message.withinDays().ifPresent(days -> json.put("withinDays", days));
            }
            case Rule.InSegment(var id) -> json.put("segment", id);
        }
        return json;
    }

    private static void write(List<Rule> rules, ArrayNode list) {
        for (var rule : rules) list.add(write(rule));
    }

    private static ObjectNode write(Range range) {
        var json = JsonNodeFactory.instance.objectNode();
        if (range.atLeast() != null) json.put("atLeast", range.atLeast());
        if (range.atMost() != null) json.put("atMost", range.atMost());
        return json;
    }

    private static ObjectNode write(Recency recency) {
        var json = JsonNodeFactory.instance.objectNode();
        return switch (recency) {
            case Recency.WithinDays(var days) -> json.put("withinDays", days);
            case Recency.BeforeDays(var days) -> json.put("beforeDays", days);
        };
    }

    private static void write(ValueTest test, ObjectNode json) {
        switch (test) {
            case ValueTest.Equals(var value) -> json.put("is", "equals").set("value", write(value));
            case ValueTest.NotEquals(var value) -> json.put("is", "not_equals").set("value", write(value));
            case ValueTest.In(var values) -> {
                var list = json.put("is", "in").putArray("value");
                for (var value : values) list.add(write(value));
            }
            case ValueTest.Contains(var text) -> json.put("is", "contains").put("value", text);
            case ValueTest.Greater(var than) -> json.put("is", "greater").put("value", than);
            case ValueTest.Less(var than) -> json.put("is", "less").put("value", than);
            case ValueTest.Between(var low, var high) ->
                json.put("is", "between").putArray("value").add(low).add(high);
            case ValueTest.BetweenDays(var first, var last) ->
                json.put("is", "between")
                        .putArray("value")
                        .add(first.toString())
                        .add(last.toString());
            case ValueTest.Exists() -> json.put("is", "exists");
            case ValueTest.Before(var day) -> json.put("is", "before").put("value", day.toString());
            case ValueTest.After(var day) -> json.put("is", "after").put("value", day.toString());
        }
    }

    private static JsonNode write(Scalar scalar) {
        var nodes = JsonNodeFactory.instance;
        return switch (scalar) {
            case Scalar.Text(var text) -> nodes.stringNode(text);
            case Scalar.Numeric(var number) -> nodes.numberNode(number);
            case Scalar.Flag(var flag) -> nodes.booleanNode(flag);
        };
    }
}
