package io.rekindle.profile;

import io.rekindle.platform.Problem;
import io.rekindle.platform.Problem.Fault;
import io.rekindle.warehouse.AdHocQueries;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import io.rekindle.warehouse.WarehouseException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A query somebody wrote, made safe to run. The engine's own parser says what it is made of: one {@code select} over the
 * documented views and nothing else, with functions that give the same answer to the same history. So no file is read,
 * nothing written, and no clock or dice are asked. Only what is known to be harmless passes: a kind of clause nobody has
 * thought of is refused. Should this wall have a hole, the engine itself has no way to files but one folder of its own
 * ({@code DuckDbWarehouse}).
 *
 * <p>While it runs, each view it names holds only what had happened by the instant the tag is worked out for: a query
 * that stands in front has the view's name and a condition on its time.
 */
@Component
class TagTemplate {
    static final String INVALID = "tag_sql_invalid";
    private static final int LONGEST = 20_000;
    private static final Pattern PLACE = Pattern.compile("\\{([a-z][a-z0-9_]*)}");
    private static final Set<String> GIVEN = Set.of("as_of", "today", "zone");

    /** The views a template may name, with the column that says when a row came to be. */
    static final Map<String, String> VIEWS = Map.ofEntries(
            Map.entry("events_now", "occurred_at"),
            Map.entry("event_days_now", "day"),
            Map.entry("orders_now", "ordered_at"),
            Map.entry("order_lines_now", "occurred_at"),
            Map.entry("order_changes_now", "occurred_at"),
            Map.entry("credits_now", "occurred_at"),
            Map.entry("traits_now", "valid_from"),
            Map.entry("consent_now", "valid_from"),
            Map.entry("tiers_now", "valid_from"),
            Map.entry("stages_now", "valid_from"),
            Map.entry("scores_now", "valid_from"),
            Map.entry("decisions_now", "decided_at"),
            Map.entry("outcomes_now", "recorded_at"),
            Map.entry("messages_now", "changed_at"));

    private static final Set<String> TABLE_FUNCTIONS = Set.of("unnest", "range", "generate_series");
    /** Functions that are called without parentheses and look like columns. */
    private static final Set<String> CALLED_BY_NAME = Set.of(
            "current_catalog",
            "current_date",
            "current_role",
            "current_schema",
            "current_time",
            "current_timestamp",
            "current_user",
            "localtime",
            "localtimestamp",
            "session_user",
            "user");

    /** A part's name: no file and no function of the engine can be called so without being refused as what it is. */
    private static final Pattern PART = Pattern.compile("[a-z][a-z0-9_]*");

    /** What a query is made of, as the engine's parser calls it; not in it: what writes, describes, pivots or samples. */
    private static final Set<String> CLAUSES = Set.of(
            "SELECT_NODE",
            "SET_OPERATION_NODE",
            "RECURSIVE_CTE_NODE",
            "CTE_NODE",
            "BASE_TABLE",
            "SUBQUERY",
            "JOIN",
            "TABLE_FUNCTION",
            "EXPRESSION_LIST",
            "EMPTY",
            "ORDER_MODIFIER",
            "LIMIT_MODIFIER",
            "LIMIT_PERCENT_MODIFIER",
            "DISTINCT_MODIFIER",
            "ORDER_DEFAULT",
            "ASCENDING",
            "DESCENDING");

    private static final Set<String> EXPRESSIONS = Set.of(
            "BETWEEN",
            "CASE",
            "CAST",
            "COLLATE",
            "COLUMN_REF",
            "COMPARISON",
            "CONJUNCTION",
            "CONSTANT",
            "FUNCTION",
            "LAMBDA",
            "LAMBDA_REF",
            "OPERATOR",
            "PARAMETER",
            "POSITIONAL_REFERENCE",
            "STAR",
            "SUBQUERY",
            "TYPE",
            "WINDOW");
    /** Macros are opened by the binder and may hide anything: only these are known to be pure. */
    private static final Set<String> MACROS =
            Set.of("json_text", "json_scalar", "local_day", "days_between", "nullif", "fmod", "fdiv", "date_add");

    private final Warehouse warehouse;
    private final JsonMapper json;
    private volatile @Nullable Set<String> pure;
    private volatile @Nullable Set<String> catalogue;

    TagTemplate(Warehouse warehouse, JsonMapper json) {
        this.warehouse = warehouse;
        this.json = json;
    }

    /** A template that was found good; {@code views} are those it names. */
    record Checked(String sql, Set<String> views) {}

    /** Refuses what is not such a query, every fault told; {@value #INVALID}. */
    Checked check(String sql, Map<String, JsonNode> parameters) {
        var faults = new ArrayList<Fault>();
        if (sql.isBlank() || sql.length() > LONGEST)
            throw refused(List.of(
                    new Fault("sql", "tag_sql_length", "the query has 1 to {most} characters").with("most", LONGEST)));
        var named = new TreeSet<String>();
        var marked = marked(sql, named);
        for (var name : named)
            if (!GIVEN.contains(name) && !parameters.containsKey(name))
                faults.add(new Fault(
                                "sql",
                                "tag_sql_unknown_place",
                                "the query names {name} in braces, and no parameter is called so")
                        .with("name", name));
        for (var parameter : parameters.entrySet()) {
            if (!parameter.getValue().isNumber() && !parameter.getValue().isString())
                faults.add(new Fault(
                                "parameters." + parameter.getKey(),
                                "tag_parameter_kind",
                                "the parameter {name} is neither a number nor a text")
                        .with("name", parameter.getKey()));
            if (!named.contains(parameter.getKey()))
                faults.add(new Fault(
                                "parameters." + parameter.getKey(),
                                "tag_parameter_unused",
                                "the query does not name the parameter {name}")
                        .with("name", parameter.getKey()));
        }
        var views = new TreeSet<String>();
        faults.addAll(faultsOf(marked, views, occurrences(sql)));
        if (faults.isEmpty() && occurrences(sql) != Sql.marks(marked)) faults.add(foreignMarks());
        if (faults.isEmpty()) faults.addAll(tried(sql, parameters, views));
        if (!faults.isEmpty()) throw refused(faults);
        return new Checked(sql, views);
    }

    /** The views a query names that was accepted before; refuses what this version would not accept. */
    Set<String> views(String sql) {
        var views = new TreeSet<String>();
        var faults = faultsOf(marked(sql, new TreeSet<>()), views, occurrences(sql));
        if (!faults.isEmpty()) throw refused(faults);
        return views;
    }

    /** The queries that stand in front of a template that names these views, without the word {@code with}. */
    static List<Sql> cut(Set<String> views, Instant asOf, ZoneId zone) {
        var queries = new ArrayList<Sql>();
        for (var view : new TreeSet<>(views)) {
            var column = VIEWS.get(view);
            if (column == null) throw new IllegalArgumentException("there is no view " + view);
            Object bound = column.equals("day") ? LocalDate.ofInstant(asOf, zone) : asOf;
            queries.add(Sql.of(view + " as (select * from main." + view + " where " + column + " <= ?)", bound));
        }
        return queries;
    }

    /** The template itself, its values bound. */
    static Sql bound(String sql, Map<String, JsonNode> parameters, Instant asOf, ZoneId zone) {
        var values = new ArrayList<@Nullable Object>();
        var matcher = PLACE.matcher(sql);
        while (matcher.find()) {
            var name = matcher.group(1);
            values.add(
                    switch (name) {
                        case "as_of" -> asOf;
                        case "today" -> LocalDate.ofInstant(asOf, zone);
                        case "zone" -> zone.getId();
                        default -> value(name, parameters.get(name));
                    });
        }
        return new Sql(marked(sql, new TreeSet<>()), values);
    }

    private static Object value(String name, @Nullable JsonNode value) {
        if (value == null) throw new IllegalArgumentException("the parameter %s is not given".formatted(name));
        if (value.isString()) return value.stringValue();
        return value.isIntegralNumber() ? (Object) value.longValue() : value.decimalValue();
    }

    private static String marked(String sql, Set<String> named) {
        var typed = new LinkedHashMap<String, String>();
        return PLACE.matcher(sql).replaceAll(match -> {
            named.add(match.group(1));
            return typed.computeIfAbsent(match.group(1), name -> switch (name) {
                case "as_of" -> "cast(? as timestamp)";
                case "today" -> "cast(? as date)";
                default -> "?";
            });
        });
    }

    private static long occurrences(String sql) {
        return PLACE.matcher(sql).results().count();
    }

    private List<Fault> faultsOf(String marked, Set<String> views, long places) {
        JsonNode parsed;
        try {
            parsed = json.readTree(warehouse.parsed(marked));
        } catch (WarehouseException unreadable) {
            return List.of(new Fault("sql", "tag_sql_unreadable", "the query cannot be read: {words}")
                    .with("words", unreadable.getMessage()));
        }
        if (parsed.path("error").asBoolean())
            return List.of(new Fault("sql", "tag_sql_unreadable", "the query cannot be read: {words}")
                    .with("words", parsed.path("error_message").asString()));
        if (parsed.path("statements").size() != 1)
            return List.of(new Fault("sql", "tag_sql_several", "the query is more than one statement"));
        var seen = new Seen();
        seen.look(parsed.path("statements"), Set.of());
        var faults = new ArrayList<Fault>();
        for (var table : seen.tables)
            if (VIEWS.containsKey(table)) views.add(table);
            else seen.strange.add(table);
        for (var strange : seen.strange)
            faults.add(new Fault("sql", "tag_sql_table", "the query reads '{table}'; it may read {known}")
                    .with("table", strange)
                    .with("known", new TreeSet<>(VIEWS.keySet())));
        for (var part : seen.parts)
            if (!PART.matcher(part).matches())
                faults.add(new Fault(
                                "sql",
                                "tag_sql_part",
                                "a part of the query is called '{part}'; its name has lower-case letters, digits and underscores and begins with a letter")
                        .with("part", part));
            else if (catalogue().contains(part))
                faults.add(new Fault(
                                "sql",
                                "tag_sql_hides",
                                "a part of the query is called '{view}' as a table or view is; call it otherwise")
                        .with("view", part));
        var known = pure();
        for (var function : seen.functions)
            if (!known.contains(function))
                faults.add(new Fault(
                                "sql",
                                "tag_sql_function",
                                "the query calls '{function}', which is unknown, changes something or does not give the same answer each time")
                        .with("function", function));
        if (seen.marks != places) faults.add(foreignMarks());
        return faults;
    }

    private static Fault foreignMarks() {
        return new Fault(
                "sql", "tag_sql_marks", "values are named in braces, such as {days}; the query has marks of its own");
    }

    /** What a parsed query is made of. */
    private static final class Seen {
        /** Tables that are no part of the query in whose reach they are named. */
        private final Set<String> tables = new TreeSet<>();

        private final Set<String> strange = new TreeSet<>();
        private final Set<String> parts = new TreeSet<>();
        private final Set<String> functions = new TreeSet<>();
        private long marks;

        /** @param reach the parts ({@code with}) that may be named here */
        void look(JsonNode node, Set<String> reach) {
            if (!node.isObject()) {
                node.forEach(inner -> look(inner, reach));
                return;
            }
            if (node.path("class").isString()) expression(node);
            else if (node.path("type").isString()) clause(node, reach);
            if (!node.path("sample").isMissingNode() && !node.path("sample").isNull()) strange.add("sample");
            var within = withParts(node.path("cte_map").path("map"), reach);
            var isTableFunction = node.path("type").asString("").equals("TABLE_FUNCTION");
            node.properties().forEach(inner -> {
                // What a table function is given, but not the function once more: where it may stand, it was allowed.
                if (isTableFunction && inner.getKey().equals("function"))
                    inner.getValue().forEach(given -> look(given, within));
                else if (!inner.getKey().equals("cte_map")) look(inner.getValue(), within);
            });
        }

        private void expression(JsonNode node) {
            var kind = node.path("class").asString();
            switch (kind) {
                case "FUNCTION", "WINDOW" ->
                    functions.add(node.path("function_name").asString("").toLowerCase(Locale.ROOT));
                case "PARAMETER" -> marks++;
                case "COLUMN_REF" -> {
                    var names = node.path("column_names");
                    var name = names.path(0).asString("").toLowerCase(Locale.ROOT);
                    if (names.size() == 1 && CALLED_BY_NAME.contains(name)) functions.add(name);
                }
                default -> {
                    if (!EXPRESSIONS.contains(kind)) strange.add(kind.toLowerCase(Locale.ROOT));
                }
            }
        }

        private void clause(JsonNode node, Set<String> reach) {
            var kind = node.path("type").asString();
            switch (kind) {
                case "BASE_TABLE" -> {
                    var place = node.path("schema_name").asString("")
                            + node.path("catalog_name").asString("");
                    var name = node.path("table_name").asString("");
                    if (!place.isEmpty()
                            || node.path("qualified_name").path("path").size() > 1) strange.add(place + "." + name);
                    else if (!reach.contains(name)) tables.add(name);
                }
                case "TABLE_FUNCTION" -> {
                    var function = node.path("function");
                    var name = function.path("function_name").asString("");
                    // However parts are called: a function is none.
                    if (!function.path("class").asString("").equals("FUNCTION") || !TABLE_FUNCTIONS.contains(name))
                        strange.add(name + "()");
                }
                default -> {
                    if (!CLAUSES.contains(kind) && !kind.endsWith("_TYPE_INFO"))
                        strange.add(kind.toLowerCase(Locale.ROOT));
                }
            }
        }

        /** A part is seen by those after it, by itself if it is recursive, and by what they stand in front of. */
        private Set<String> withParts(JsonNode given, Set<String> reach) {
            if (given.isEmpty()) return reach;
            var within = new HashSet<>(reach);
            for (var part : given) {
                var name = part.path("key").asString("");
                parts.add(name);
                var recursive = part.path("value")
                        .path("query_node")
                        .path("type")
                        .asString("")
                        .equals("RECURSIVE_CTE_NODE");
                if (recursive) within.add(name);
                look(part.path("value"), Set.copyOf(within));
                within.add(name);
            }
            return within;
        }
    }

    /** Every table and view there is, the engine's own as well. */
    private Set<String> catalogue() {
        var known = catalogue;
        if (known != null) return known;
        var read = new HashSet<String>(VIEWS.keySet());
        warehouse.stream(
                Sql.of(
                        "select lower(table_name) as name from duckdb_tables() union select lower(view_name) from duckdb_views()"),
                row -> read.add(row.text("name")));
        catalogue = read;
        return read;
    }

    /** Functions that change nothing and give the same answer to the same values. */
    private Set<String> pure() {
        var known = pure;
        if (known != null) return known;
        var read = new HashSet<>(MACROS);
        var impure = new HashSet<String>();
        warehouse.stream(Sql.of("""
                        select distinct function_name, function_type, coalesce(stability = 'CONSISTENT', false)
                            and not coalesce(has_side_effects, true) as pure
                        from duckdb_functions() where function_type in ('scalar', 'aggregate', 'window')
                        """), row -> {
            if (row.booleanValue("pure")) read.add(row.text("function_name").toLowerCase(Locale.ROOT));
            else impure.add(row.text("function_name").toLowerCase(Locale.ROOT));
        });
        // Window functions and those the parser names itself.
        read.addAll(
                Set.of("coalesce", "ifnull", "count_star", "lag", "lead", "first_value", "last_value", "nth_value"));
        read.addAll(Set.of("row_number", "rank", "dense_rank", "ntile", "percent_rank", "cume_dist"));
        read.removeAll(impure);
        read.removeAll(Set.of("version", "getenv", "parse_path", "get_type"));
        // The engine calls these consistent as well: clocks, dice, statements as texts (one is planned, and planning
        // opens
        // files), and the insides of aggregates as bytes.
        read.removeAll(Set.of("age", "current_localtime", "current_localtimestamp", "reservoir_quantile"));
        read.removeAll(Set.of("json_serialize_sql", "json_deserialize_sql", "json_serialize_plan"));
        read.removeAll(Set.of("combine", "combine_aggr", "finalize", "to_aggregate_state"));
        read.removeIf(function -> function.startsWith("__internal"));
        pure = read;
        return read;
    }

    private List<Fault> tried(String sql, Map<String, JsonNode> parameters, Set<String> views) {
        var asOf = Instant.EPOCH;
        var zone = ZoneId.of("UTC");
        var text = bound(sql, parameters, asOf, zone);
        var cut = cut(views, asOf, zone);
        var head = cut.isEmpty() ? Sql.of("") : Sql.of("with").then(Sql.join(", ", cut));
        try {
            warehouse.query(
                    head.then("select cast(customer_id as bigint) as customer_id, cast(value as varchar) as value from")
                            .then(text.inParentheses())
                            .then("given limit 1"),
                    row -> String.valueOf(row.nullableText("value")));
            return List.of();
        } catch (WarehouseException fails) {
            return List.of(new Fault("sql", "tag_sql_fails", "the query cannot be run: {words}")
                    .with("words", firstLine(fails.getMessage())));
        }
    }

    static String firstLine(@Nullable String words) {
        return String.valueOf(words)
                .lines()
                .filter(line -> !line.isBlank())
                .limit(2)
                .collect(Collectors.joining(" "));
    }

    private static Problem refused(List<Fault> faults) {
        return Problem.unprocessable(
                "tag_sql_invalid",
                faults.size() == 1
                        ? "the query of the tag is refused: "
                                + faults.getFirst().message()
                        : "the query of the tag has %d faults; each is listed".formatted(faults.size()),
                faults);
    }

    /** Runs a question with the time of one somebody waits for. */
    static <T> T guarded(AdHocQueries queries, java.util.function.Supplier<T> question) {
        if (AdHocQueries.timeLeft().isPresent()) return question.get();
        return queries.answer(question);
    }
}
