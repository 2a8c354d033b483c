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
 * nothing written, and no clock or dice are asked.
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
    /** Macros are opened by the binder and may hide anything: only these are known to be pure. */
    private static final Set<String> MACROS =
            Set.of("json_text", "json_scalar", "local_day", "days_between", "nullif", "fmod", "fdiv", "date_add");

    private final Warehouse warehouse;
    private final JsonMapper json;
    private volatile @Nullable Set<String> pure;

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
        if (faults.isEmpty()) faults.addAll(tried(sql, parameters, views));
        if (!faults.isEmpty()) throw refused(faults);
        return new Checked(sql, views);
    }

    /** The views a query names that was accepted before. */
    Set<String> views(String sql) {
        var views = new TreeSet<String>();
        faultsOf(marked(sql, new TreeSet<>()), views, occurrences(sql));
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
            parsed = json.readTree(warehouse
                    .first(
                            Sql.of("select json_serialize_sql(cast(? as varchar)) as parsed", marked),
                            row -> row.text("parsed"))
                    .orElseThrow());
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
        seen.look(parsed.path("statements"));
        var faults = new ArrayList<Fault>();
        for (var table : seen.tables) {
            if (seen.own.contains(table)) continue;
            if (VIEWS.containsKey(table)) views.add(table);
            else
                faults.add(new Fault("sql", "tag_sql_table", "the query reads '{table}'; it may read {known}")
                        .with("table", table)
                        .with("known", new TreeSet<>(VIEWS.keySet())));
        }
        for (var own : seen.own)
            if (VIEWS.containsKey(own))
                faults.add(new Fault(
                                "sql",
                                "tag_sql_hides",
                                "a part of the query is called '{view}' as a view is; call it otherwise")
                        .with("view", own));
        var known = pure();
        for (var function : seen.functions)
            if (!known.contains(function))
                faults.add(new Fault(
                                "sql",
                                "tag_sql_function",
                                "the query calls '{function}', which is unknown, changes something or does not give the same answer each time")
                        .with("function", function));
        if (seen.marks != places)
            faults.add(new Fault(
                    "sql",
                    "tag_sql_marks",
                    "values are named in braces, such as {days}; the query has marks of its own"));
        return faults;
    }

    /** What a parsed query is made of. */
    private static final class Seen {
        private final Set<String> tables = new TreeSet<>();
        private final Set<String> own = new HashSet<>();
        private final Set<String> functions = new TreeSet<>();
        private long marks;

        void look(JsonNode node) {
            if (node.isObject()) {
                switch (node.path("type").asString("")) {
                    case "BASE_TABLE" -> {
                        var place = node.path("schema_name").asString("")
                                + node.path("catalog_name").asString("");
                        var name = node.path("table_name").asString("");
                        tables.add(place.isEmpty() ? name : place + "." + name);
                    }
                    case "TABLE_FUNCTION" -> {
                        var name = node.path("function").path("function_name").asString("");
                        if (!TABLE_FUNCTIONS.contains(name)) tables.add(name + "()");
                        node.path("function").path("arguments").forEach(this::look);
                        return;
                    }
                    case "PIVOT", "SHOW_REF", "COLUMN_DATA", "DELIM_GET" ->
                        tables.add(node.path("type").asString().toLowerCase(Locale.ROOT));
                    default -> {}
                }
                switch (node.path("class").asString("")) {
                    case "FUNCTION", "WINDOW" ->
                        functions.add(node.path("function_name").asString("").toLowerCase(Locale.ROOT));
                    case "PARAMETER" -> marks++;
                    default -> {}
                }
                if (node.path("cte_map").path("map").isArray())
                    node.path("cte_map")
                            .path("map")
                            .forEach(cte -> own.add(cte.path("key").asString()));
            }
            node.forEach(this::look);
        }
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
