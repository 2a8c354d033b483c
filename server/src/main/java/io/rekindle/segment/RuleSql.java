package io.rekindle.segment;

import io.rekindle.segment.ValueTest.Scalar;
import io.rekindle.warehouse.Sql;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Compiles a rule to one SQL statement with one column, {@code customer_id}, one row per customer the rule holds for.
 *
 * <p>How. Each condition is a test on a few numbers about a customer, and each number is an aggregate over one history
 * (the roll-up, the orders, …). All numbers from one history are computed in one scan, grouped by customer; the scans
 * are joined by customer, and the rule is the {@code where} of the join. No subquery depends on a customer.
 *
 * <p>Who. A customer without rows in a history has no row in its scan. So for each condition it is known whether it
 * holds of absent customers; from this follows which scan contains everybody the rule can hold for, and the join starts
 * there. Only where no scan does (“never bought”) it starts from all customers ever seen: in the roll-up, the day's
 * events, the orders or the traits.
 *
 * <p>When. As of an instant t: changes valid from t or earlier, orders and refunds up to t, events that happened up to
 * t, all under today's identity map and without imports undone since. An event that happened before t and was received
 * later counts as known at t.
 *
 * <p>Days. A window of n days as of t begins with the business day n − 1 days before t's own. Questions about events
 * without conditions on properties read the daily roll-up for the days before t's own, and that day's events one by one.
 *
 * <p>Segments. One that is named once is part of the rule that names it; one that is named more often is a query of its
 * own at the head of the statement, after those it names itself. So each segment is compiled once, however many ways
 * lead to it, and how large a rule may be ({@link RuleSize}) is counted with all of them.
 *
 * <p>Three-valued logic: conditions are pushed down to atoms with {@code not} in front of atoms only, written {@code …
 * is not true}. So an unknown (null) test counts as false everywhere, as it should: null means “no such value”.
 *
 * <p>Merges. The identity map is joined only when there are merges, undone imports are left out only when there are any:
 * {@link History} says so. So it is with conflict rules: only a scan that is asked a trait with one ranks its sources; the
 * ranks of the rule in force hold for past instants too. On 12 million rows of the roll-up the two joins cost a quarter of the scan even when empty.
 */
public final class RuleSql {

    /**
     * What the statement must reckon with; as of the moment it is run.
     *
     * @param merges whether any alias was ever merged
     * @param undone whether any import was ever undone
     * @param ruled traits with a conflict rule in force; of all others what was said last stands
     */
    public record History(boolean merges, boolean undone, Set<String> ruled) {
        public History {
            ruled = Set.copyOf(ruled);
        }

        public History(boolean merges, boolean undone) {
            this(merges, undone, Set.of());
        }
    }

    /** What a rule's join is made of: a scan of a history, or the members of a segment. */
    private sealed interface Part {
        /** Segments first, for they are computed already; then the cheapest scan. */
        Comparator<Part> CHEAPEST_FIRST = (one, other) -> switch (one) {
            case Segment segment -> other instanceof Segment(var id) ? Long.compare(segment.id(), id) : -1;
            case Source source -> other instanceof Source second ? source.compareTo(second) : 1;
        };

        String alias();
    }

    /** A segment that is named more than once, in a query of its own. */
    private record Segment(long id) implements Part {
        String query() {
            return "members_" + id;
        }

        @Override
        public String alias() {
            return "in_" + id;
        }
    }

    /** The histories conditions ask, cheapest scan first. */
    private enum Source implements Part {
        TIERS("tiers"),
        STAGES("stages"),
        SCORES("scores"),
        TRAITS("traits"),
        TAGS("tags"),
        MESSAGES("messages"),
        ORDERS("orders"),
        DAYS("days"),
        EVENTS("events");

        private final String alias;

        Source(String alias) {
            this.alias = alias + "_of";
        }

        @Override
        public String alias() {
            return alias;
        }
    }

    /** The rule with {@code not} pushed down to the atoms. */
    private sealed interface Node {
        record And(List<Node> nodes) implements Node {}

        record Or(List<Node> nodes) implements Node {}

        /**
         * @param holdsOfAbsent whether it holds of a customer without rows in the part
         */
        record Atom(Part part, Sql test, boolean holdsOfAbsent) implements Node {}
    }

    private final Instant asOf;
    private final ZoneId zone;
    private final LocalDate today;
    private final History history;
    private final Named named;
    private final Map<Source, Scan> scans = new EnumMap<>(Source.class);
    private final Set<Segment> asked = new LinkedHashSet<>();

    private RuleSql(Instant asOf, ZoneId zone, History history, Named named) {
        this.asOf = asOf;
        this.zone = zone;
        this.today = LocalDate.ofInstant(asOf, zone);
        this.history = history;
        this.named = named;
    }

    /** The queries of a statement that have a name, each compiled once and after those it reads. */
    private static final class Named {
        private final LongFunction<Rule> segments;
        private final Map<Long, Integer> mentions;
        private final Map<String, Sql> queries = new LinkedHashMap<>();

        Named(LongFunction<Rule> segments, Map<Long, Integer> mentions) {
            this.segments = segments;
            this.mentions = mentions;
        }

        boolean once(long segment) {
            return mentions.getOrDefault(segment, 0) <= 1;
        }

        void add(String name, Supplier<Sql> query) {
            if (queries.containsKey(name)) return;
            var compiled = query.get();
            queries.put(name, compiled);
        }

        Sql before(Sql select) {
            if (queries.isEmpty()) return select;
            var all = new ArrayList<Sql>();
            queries.forEach((name, query) -> all.add(Sql.of(name + " as").then(query.inParentheses())));
            return Sql.of("with").then(Sql.join(", ", all)).then(select);
        }
    }

    /**
     * @param asOf the instant the question is asked for
     * @param zone the company's zone
     * @param segments gives the rule of a segment another rule refers to
     * @throws io.rekindle.platform.Problem {@value RuleJson#INVALID} when the rule is too large with the segments it
     *     names; the problem names the segment
     */
    public static Sql compile(Rule rule, Instant asOf, ZoneId zone, History history, LongFunction<Rule> segments) {
        return compile(rule, asOf, zone, history, segments, Long::toString);
    }

    static Sql compile(
            Rule rule,
            Instant asOf,
            ZoneId zone,
            History history,
            LongFunction<Rule> segments,
            LongFunction<String> names) {
        var size = new RuleSize(segments, names);
        size.check(rule);
        var named = new Named(segments, size.mentions(rule));
        return named.before(new RuleSql(asOf, zone, history, named).select(rule));
    }

    private Sql select(Rule rule) {
        var tree = node(rule, true);
        var drivers = drivers(tree);
        var required = required(tree);
        Sql from;
        if (drivers.isEmpty()) {
            named.add("everyone", this::everyone);
            from = Sql.of("everyone");
        } else {
            var driving = drivers.get();
            from = Sql.join(
                    " full join ",
                    Stream.iterate(0, i -> i < driving.size(), i -> i + 1)
                            .map(i -> i == 0
                                    ? part(driving.get(i))
                                    : part(driving.get(i)).then("using (customer_id)"))
                            .toList());
        }
        for (var part :
                Stream.<Part>concat(asked.stream(), scans.keySet().stream()).toList())
            if (drivers.isEmpty() || !drivers.get().contains(part))
                from = from.then(required.contains(part) ? "join" : "left join")
                        .then(part(part))
                        .then("using (customer_id)");
        return Sql.of("select customer_id from").then(from).then("where").then(condition(tree));
    }

    private Sql part(Part part) {
        var rows = switch (part) {
            case Source source -> scanOf(source).sql();
            case Segment segment -> Sql.of("select customer_id, true as member from " + segment.query());
        };
        return rows.inParentheses().then(part.alias());
    }

    private Scan scanOf(Source source) {
        return scans.computeIfAbsent(source, Scan::new);
    }

    // ---- the rule as a tree of atoms ----

    private Node node(Rule rule, boolean positive) {
        return switch (rule) {
            case Rule.All(var rules) -> nodes(rules, positive, positive);
            case Rule.Any(var rules) -> nodes(rules, positive, !positive);
            case Rule.Not(var inner) -> node(inner, !positive);
            case Rule.Trait(var trait, var test) -> atom(positive, latestValue(Source.TRAITS, "trait", trait, test));
            case Rule.Tag(var tag, var test) -> atom(positive, latestValue(Source.TAGS, "tag", tag, test));
            case Rule.Event event -> atom(positive, event(event));
            case Rule.Orders orders -> atom(positive, orders(orders));
            case Rule.Tier(var tiers) -> atom(positive, isOneOf(Source.TIERS, latest(Source.TIERS, "tier"), tiers));
            case Rule.Group(var groups) ->
                atom(positive, isOneOf(Source.TIERS, latest(Source.TIERS, "value_group"), groups));
            case Rule.Stage(var stages) ->
                atom(positive, isOneOf(Source.STAGES, latest(Source.STAGES, "stage"), stages));
            case Rule.Score(var score, var range) -> atom(positive, score(score, range));
            case Rule.Message message -> atom(positive, message(message));
            // Named once, its conditions share the scans of the rule that names it.
            case Rule.InSegment(var id) ->
                named.once(id) ? node(named.segments.apply(id), positive) : atom(positive, inSegment(id));
        };
    }

    private Node nodes(List<Rule> rules, boolean positive, boolean and) {
        var nodes = rules.stream().map(rule -> node(rule, positive)).toList();
        return and ? new Node.And(nodes) : new Node.Or(nodes);
    }

    private static Node atom(boolean positive, Node.Atom atom) {
        if (positive) return atom;
        return new Node.Atom(atom.part(), atom.test().inParentheses().then("is not true"), !atom.holdsOfAbsent());
    }

    private static Sql condition(Node node) {
        return switch (node) {
            case Node.And(var nodes) ->
                Sql.join(" and ", nodes.stream().map(RuleSql::condition).toList())
                        .inParentheses();
            case Node.Or(var nodes) ->
                Sql.join(" or ", nodes.stream().map(RuleSql::condition).toList())
                        .inParentheses();
            case Node.Atom atom -> atom.test().inParentheses();
        };
    }

    /** Scans which together contain everybody the tree can hold for; empty when none do. */
    private static Optional<List<Part>> drivers(Node node) {
        return switch (node) {
            case Node.Atom atom -> atom.holdsOfAbsent() ? Optional.empty() : Optional.of(List.of(atom.part()));
            case Node.And(var nodes) ->
                nodes.stream()
                        .map(RuleSql::drivers)
                        .flatMap(Optional::stream)
                        .min(Comparator.<List<Part>>comparingInt(List::size)
                                .thenComparing(List::getFirst, Part.CHEAPEST_FIRST));
            case Node.Or(var nodes) -> {
                var all = new TreeSet<Part>(Part.CHEAPEST_FIRST);
                for (var each : nodes) {
                    var drivers = drivers(each);
                    if (drivers.isEmpty()) yield Optional.empty();
                    all.addAll(drivers.get());
                }
                yield Optional.of(List.copyOf(all));
            }
        };
    }

    /** Scans that contain, each alone, everybody the tree can hold for. */
    private static Set<Part> required(Node node) {
        return switch (node) {
            case Node.Atom atom -> atom.holdsOfAbsent() ? Set.of() : Set.of(atom.part());
            case Node.And(var nodes) -> {
                var all = new HashSet<Part>();
                nodes.forEach(each -> all.addAll(required(each)));
                yield all;
            }
            case Node.Or(var nodes) -> {
                var common = new HashSet<>(required(nodes.getFirst()));
                nodes.forEach(each -> common.retainAll(required(each)));
                yield common;
            }
        };
    }

    // ---- the conditions ----

    private Node.Atom inSegment(long id) {
        var segment = new Segment(id);
        named.add(segment.query(), () -> new RuleSql(asOf, zone, history, named).select(named.segments.apply(id)));
        asked.add(segment);
        return new Node.Atom(segment, Sql.of(segment.alias() + ".member"), false);
    }

    /** @param kind the column that names it: {@code trait} or {@code tag} */
    private Node.Atom latestValue(Source source, String kind, String name, ValueTest test) {
        var scan = scanOf(source);
        scan.names.add(name);
        var column = scan.column(Sql.of("max(case when " + kind + " = ? then value end)", name));
        return new Node.Atom(
                source,
                valueTest(test, Sql.of("json_text(" + column + ", '$')"), Sql.of(column)),
                test instanceof ValueTest.NotEquals);
    }

    private Node.Atom event(Rule.Event event) {
        boolean raw = !event.where().isEmpty();
        var scan = scanOf(raw ? Source.EVENTS : Source.DAYS);
        var first = first(
                event.withinDays(), event.count().isEmpty() && event.sum().isEmpty() ? event.last() : Optional.empty());
        scan.names.add(event.name());
        scan.since(first);
        var filter = new ArrayList<Sql>(List.of(Sql.of("name = ?", event.name())));
        if (first != null) filter.add(raw ? Sql.of("occurred_at >= ?", start(first)) : Sql.of("day >= ?", first));
        for (var property : event.where())
            filter.add(valueTest(property.test(), Sql.of("json_text(properties, ?)", path(property.property())), null)
                    .inParentheses());
        var passing = Sql.of("filter (where").then(Sql.join(" and ", filter)).then(")");
        var tests = new ArrayList<Test>();
        event.count()
                .ifPresent(range -> tests.add(range(
                        scan.column(Sql.of(raw ? "count(*)" : "sum(events)").then(passing)), range)));
        event.sum()
                .ifPresent(range ->
                        tests.add(range(scan.column(Sql.of("sum(amount)").then(passing)), range)));
        event.last().ifPresent(last -> {
            var column =
                    scan.column(Sql.of(raw ? "max(occurred_at)" : "max(day)").then(passing));
            tests.add(new Test(recency(column, last, !raw), false));
        });
        return all(scan.source, tests);
    }

    private Node.Atom orders(Rule.Orders orders) {
        var scan = scanOf(Source.ORDERS);
        var first = first(
                orders.withinDays(),
                orders.count().isEmpty() && orders.revenue().isEmpty() ? orders.lastOrder() : Optional.empty());
        scan.since(first);
        var window = first == null ? List.<Sql>of() : List.of(Sql.of("ordered_at >= ?", start(first)));
        var standing = Sql.of("filter (where")
                .then(Sql.join(
                        " and ",
                        Stream.concat(window.stream(), Stream.of(Sql.of("standing")))
                                .toList()))
                .then(")");
        var placed = window.isEmpty()
                ? Sql.of("")
                : Sql.of("filter (where").then(window.getFirst()).then(")");
        var tests = new ArrayList<Test>();
        orders.count()
                .ifPresent(
                        range -> tests.add(range(scan.column(Sql.of("count(*)").then(standing)), range)));
        orders.revenue()
                .ifPresent(
                        range -> tests.add(range(scan.column(Sql.of("sum(net)").then(placed)), range)));
        orders.lastOrder()
                .ifPresent(last -> tests.add(
                        new Test(recency(scan.column(Sql.of("max(ordered_at)").then(standing)), last, false), false)));
        return all(Source.ORDERS, tests);
    }

    private Node.Atom score(String score, Range range) {
        var scan = scanOf(Source.SCORES);
        scan.names.add(score);
        var column = scan.column(
                history.merges()
                        ? Sql.of("max(case when score = ? then value end)", score)
                        : Sql.of("max_by(value, valid_from) filter (where score = ?)", score));
        var tests = new ArrayList<Sql>();
        if (range.atLeast() != null)
            tests.add(Sql.of(column + " >= ?", range.atLeast().doubleValue()));
        // Not a number says the model can tell nothing: some engines hold it for greater than every number.
        double most = range.atMost() == null
                ? Double.MAX_VALUE
                : Math.min(Double.MAX_VALUE, range.atMost().doubleValue());
        tests.add(Sql.of(column + " <= ?", most));
        return new Node.Atom(Source.SCORES, Sql.join(" and ", tests), false);
    }

    private Node.Atom message(Rule.Message message) {
        var scan = scanOf(Source.MESSAGES);
        var first = message.withinDays().map(this::firstDay).orElse(null);
        scan.since(first);
        var filter = new ArrayList<Sql>(List.of(Sql.of("changed_at <= ?", asOf)));
        message.campaignId().ifPresent(id -> filter.add(Sql.of("campaign_id = ?", id)));
        if (!message.states().isEmpty()) filter.add(in(Sql.of("state"), List.copyOf(message.states())));
        if (first != null) filter.add(Sql.of("changed_at >= ?", start(first)));
        var column = scan.column(
                Sql.of("count(*) filter (where").then(Sql.join(" and ", filter)).then(")"));
        return new Node.Atom(Source.MESSAGES, Sql.of(column + " > 0"), false);
    }

    private String latest(Source source, String what) {
        // Without merges a customer has one change per instant; with merges the scan itself keeps the latest row.
        return scanOf(source)
                .column(Sql.of(history.merges() ? "max(" + what + ")" : "max_by(" + what + ", valid_from)"));
    }

    private static Node.Atom isOneOf(Source source, String column, List<String> names) {
        return new Node.Atom(source, in(Sql.of(column), List.copyOf(names)), false);
    }

    private record Test(Sql sql, boolean holdsOfAbsent) {}

    private static Node.Atom all(Source source, List<Test> tests) {
        return new Node.Atom(
                source,
                Sql.join(" and ", tests.stream().map(Test::sql).toList()),
                tests.stream().allMatch(Test::holdsOfAbsent));
    }

    private static Test range(String column, Range range) {
        boolean absent = range.holds(BigDecimal.ZERO);
        var number = absent ? "coalesce(" + column + ", 0)" : column;
        var tests = new ArrayList<Sql>();
        if (range.atLeast() != null) tests.add(Sql.of(number + " >= ?", range.atLeast()));
        if (range.atMost() != null) tests.add(Sql.of(number + " <= ?", range.atMost()));
        return new Test(Sql.join(" and ", tests), absent);
    }

    private Sql recency(String column, Recency recency, boolean days) {
        var first = firstDay(recency.days());
        Object bound = days ? first : start(first);
        return switch (recency) {
            case Recency.WithinDays within -> Sql.of(column + " >= ?", bound);
            case Recency.BeforeDays before -> Sql.of(column + " < ?", bound);
        };
    }

    /**
     * The first day a condition looks at; null = ever.
     *
     * @param alone when the last time is all it asks: then who did it lately did it in those days
     */
    private @Nullable LocalDate first(Optional<Integer> window, Optional<Recency> alone) {
        var first = window.map(this::firstDay).orElse(null);
        if (alone.isEmpty() || !(alone.get() instanceof Recency.WithinDays(var days))) return first;
        return first == null || first.isBefore(firstDay(days)) ? firstDay(days) : first;
    }

    private LocalDate firstDay(int days) {
        return today.minusDays(days - 1L);
    }

    private Instant start(LocalDate day) {
        return day.atStartOfDay(zone).toInstant();
    }

    private static String path(String property) {
        return "$"
                + Arrays.stream(property.split("\\."))
                        .map(step -> ".\"" + step + "\"")
                        .collect(Collectors.joining());
    }

    /**
     * @param text the value as text, null when missing
     * @param json the value as JSON text, when it is at hand: comparing it saves reading the JSON
     */
    private static Sql valueTest(ValueTest test, Sql text, @Nullable Sql json) {
        return switch (test) {
            case ValueTest.Equals(var value) -> oneOf(List.of(value), text, json);
            case ValueTest.NotEquals(var value) ->
                oneOf(List.of(value), text, json).inParentheses().then("is not true");
            case ValueTest.In(var values) -> oneOf(values, text, json);
            case ValueTest.Contains(var part) ->
                Sql.of("contains(lower(").then(text).then("), lower(?))", part);
            case ValueTest.Greater(var than) -> number(text).then("> ?", than.doubleValue());
            case ValueTest.Less(var than) -> number(text).then("< ?", than.doubleValue());
            case ValueTest.Between(var low, var high) ->
                number(text).then("between ? and ?", low.doubleValue(), high.doubleValue());
            case ValueTest.BetweenDays(var first, var last) ->
                day(text).then("between ? and ?", first.toString(), last.toString());
            case ValueTest.Exists() -> text.then("is not null");
            case ValueTest.Before(var day) -> day(text).then("< ?", day.toString());
            case ValueTest.After(var day) -> day(text).then("> ?", day.toString());
        };
    }

    private static Sql oneOf(List<Scalar> values, Sql text, @Nullable Sql json) {
        var texts = new ArrayList<@Nullable Object>();
        var numbers = new ArrayList<@Nullable Object>();
        for (var value : values) {
            switch (value) {
                case Scalar.Text(var words) -> texts.add(words);
                case Scalar.Numeric(var number) -> numbers.add(number.doubleValue());
                case Scalar.Flag(var flag) -> texts.add(Boolean.toString(flag));
            }
        }
        var tests = new ArrayList<Sql>();
        if (!texts.isEmpty()) tests.add(json == null ? in(text, texts) : in(json, asJson(texts)));
        if (!numbers.isEmpty()) tests.add(in(number(text), numbers));
        return tests.size() == 1 ? tests.getFirst() : Sql.join(" or ", tests).inParentheses();
    }

    /** The JSON scalars that read as one of these texts: the text itself, or a number or true/false written so. */
    private static List<@Nullable Object> asJson(List<@Nullable Object> texts) {
        var json = new ArrayList<@Nullable Object>();
        for (var text : texts) {
            var words = String.valueOf(text);
            json.add(JsonNodeFactory.instance.stringNode(words).toString());
            if (!words.startsWith("\"") && !words.equals("null")) json.add(words);
        }
        return json;
    }

    private static Sql in(Sql what, List<@Nullable Object> values) {
        if (values.size() == 1) return what.then(Sql.of("= ?", values.getFirst()));
        return what.then(new Sql("in (" + "?, ".repeat(values.size() - 1) + "?)", values));
    }

    private static Sql number(Sql text) {
        return Sql.of("try_cast(").then(text).then("as double)");
    }

    private static Sql day(Sql text) {
        return Sql.of("case when")
                .then(text)
                .then("like '____-__-__%' then substring(")
                .then(text)
                .then(", 1, 10) end");
    }

    // ---- the scans ----

    /** One pass over one history, grouped by customer, with the numbers its conditions need. */
    private final class Scan {
        private final Source source;
        private final Map<Sql, String> columns = new LinkedHashMap<>();
        private final Set<String> names = new TreeSet<>();
        private @Nullable LocalDate first = LocalDate.MAX;

        Scan(Source source) {
            this.source = source;
        }

        /** The name of a column for this aggregate; the same aggregate is computed once. */
        String column(Sql aggregate) {
            return columns.computeIfAbsent(aggregate, a -> source.alias + columns.size());
        }

        /** Widens the scan to days from this one on; null = ever. */
        void since(@Nullable LocalDate day) {
            if (day == null || first == null) first = null;
            else if (day.isBefore(first)) first = day;
        }

        Sql sql() {
            var selected = new ArrayList<Sql>(List.of(Sql.of("select customer_id")));
            columns.forEach((aggregate, name) -> selected.add(aggregate.then("as " + name)));
            return Sql.join(", ", selected)
                    .then("from")
                    .then(rows().inParentheses())
                    .then("rows_of group by customer_id");
        }

        private Sql rows() {
            return switch (source) {
                case DAYS -> days();
                case EVENTS -> events();
                case ORDERS -> placedOrders();
                case TRAITS ->
                    names.stream().anyMatch(history.ruled()::contains)
                            ? ranked()
                            : latestOf("trait_changes", "trait, value", "trait", "seq desc", true);
                case TAGS -> latestOf("tag_changes", "tag, value", "tag", "seq desc", true);
                case TIERS ->
                    latestOf("tier_changes", "tier, value_group, valid_from", null, "tier, value_group", false);
                case STAGES -> latestOf("stage_changes", "stage, valid_from", null, "stage", false);
                case SCORES -> latestOf("score_changes", "score, value, valid_from", "score", "value", false);
                case MESSAGES -> {
                    var rows = select(
                            "messages", "h.campaign_id, h.state, h.changed_at", Sql.of("h.changed_at <= ?", asOf));
                    yield first == null ? rows : rows.then("and h.changed_at >= ?", start(first));
                }
            };
        }

        private Sql days() {
            var before = Sql.of("h.day < ? and", today).then(named());
            if (first != null) before = before.then("and h.day >= ?", first);
            return select("event_days", "h.name, h.day, h.events, h.amount", before.then(standing()))
                    .then("union all")
                    .then(select(
                            "events",
                            "h.name, cast(? as date) as day, 1 as events, h.amount",
                            Sql.of("h.occurred_at >= ? and h.occurred_at <= ? and", start(today), asOf)
                                    .then(named())
                                    .then(standing()),
                            today));
        }

        private Sql events() {
            var when = Sql.of("h.occurred_at <= ? and", asOf).then(named());
            if (first != null) when = when.then("and h.occurred_at >= ?", start(first));
            return select("events", "h.name, h.occurred_at, h.amount, h.properties", when.then(standing()));
        }

        private Sql placedOrders() {
            var takenBack = Sql.of(
                            "left join (select h.order_id, -sum(h.amount) as refunded from order_changes_now h where h.occurred_at <= ?",
                            asOf)
                    .then("group by h.order_id) t on t.order_id = h.order_id");
            var when = Sql.of("h.ordered_at <= ?", asOf);
            if (first != null) when = when.then("and h.ordered_at >= ?", start(first));
            return Sql.of(
                            "select " + customer()
                                    + " as customer_id, h.ordered_at, h.gross - h.discount - coalesce(t.refunded, 0) as net,"
                                    + " coalesce(t.refunded, 0) = 0 or t.refunded < h.gross - h.discount as standing from orders h")
                    .then(takenBack)
                    .then(identity())
                    .then("where")
                    .then(when)
                    .then(standing());
        }

        /**
         * @param each what a customer has one latest value of each of, e.g. {@code trait}; null = one in all
         * @param tie what decides between changes at one instant
         * @param alwaysRanked whether changes at one instant occur even without merges
         */
        private Sql latestOf(String table, String columns, @Nullable String each, String tie, boolean alwaysRanked) {
            var when = Sql.of("h.valid_from <= ?", asOf);
            if (each != null) when = when.then("and").then(in(Sql.of("h." + each), List.copyOf(names)));
            if (table.equals("trait_changes")) when = when.then(said());
            var rows = select(
                    table,
                    Arrays.stream(columns.split(", ")).map(c -> "h." + c).collect(Collectors.joining(", ")),
                    when);
            if (!history.merges() && !alwaysRanked) return rows;
            var by = customer() + (each == null ? "" : ", h." + each);
            var order = Arrays.stream(tie.split(", ")).map(c -> "h." + c).collect(Collectors.joining(", "));
            return rows.then("qualify row_number() over (partition by " + by + " order by h.valid_from desc, " + order
                    + ") = 1");
        }

        /**
         * Traits where a conflict rule chooses: of each rank what was said last, of the ranks the highest that has a value. A
         * word without its source has a say only where there is no rule.
         */
        private Sql ranked() {
            var ruled = names.stream().filter(history.ruled()::contains).toList();
            var when = Sql.of("h.valid_from <= ? and", asOf)
                    .then(in(Sql.of("h.trait"), List.copyOf(names)))
                    .then(said())
                    .then("and (h.source_id is not null or not")
                    .then(in(Sql.of("h.trait"), List.copyOf(ruled)).inParentheses())
                    .then(")");
            return Sql.of(
                            "select customer_id, trait, value from (select " + customer()
                                    + " as customer_id, h.trait, h.value, coalesce(r.source_rank, 1000000) as place from trait_changes h")
                    .then(identity())
                    .then("left join trait_rules_now r on r.trait = h.trait and r.source_id = h.source_id where")
                    .then(when)
                    .then("qualify row_number() over (partition by " + customer()
                            + ", h.trait, coalesce(r.source_rank, 1000000) order by h.valid_from desc, h.seq desc) = 1) words"
                            + " qualify row_number() over (partition by customer_id, trait"
                            + " order by case when value is null then 1 else 0 end, place) = 1");
        }

        private Sql named() {
            return in(Sql.of("h.name"), List.copyOf(names));
        }
    }

    /** Every customer seen by then. */
    private Sql everyone() {
        return Sql.join(
                " union ",
                List.of(
                        select("event_days", "", Sql.of("h.day < ?", today).then(standing())),
                        select(
                                "events",
                                "",
                                Sql.of("h.occurred_at >= ? and h.occurred_at <= ?", start(today), asOf)
                                        .then(standing())),
                        select("orders", "", Sql.of("h.ordered_at <= ?", asOf).then(standing())),
                        select(
                                "trait_changes",
                                "",
                                Sql.of("h.valid_from <= ?", asOf).then(said()))));
    }

    private Sql select(String table, String columns, Sql where, @Nullable Object... columnValues) {
        return Sql.of(
                        "select " + customer() + " as customer_id" + (columns.isEmpty() ? "" : ", " + columns)
                                + " from " + table + " h",
                        columnValues)
                .then(identity())
                .then("where")
                .then(where);
    }

    private String customer() {
        return history.merges() ? "coalesce(i.customer_id, h.customer_id)" : "h.customer_id";
    }

    private Sql identity() {
        return Sql.of(history.merges() ? "left join identity_now i on i.alias_id = h.customer_id" : "");
    }

    /** Of traits, which have the place of their event and not its import. */
    private Sql said() {
        return Sql.of(
                history.undone()
                        ? "and not exists (select 1 from events e where e.seq = h.seq and e.customer_id = h.customer_id"
                                + " and e.import_id in (select import_id from imports_undone))"
                        : "");
    }

    private Sql standing() {
        return Sql.of(
                history.undone()
                        ? "and (h.import_id is null or h.import_id not in (select import_id from imports_undone))"
                        : "");
    }
}
