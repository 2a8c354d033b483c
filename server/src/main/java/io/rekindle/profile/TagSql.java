package io.rekindle.profile;

import io.rekindle.platform.Problem;
import io.rekindle.warehouse.Sql;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/** The queries that say what tags customers have. */
final class TagSql {
    static final int MOST_CASES = 50;

    private final Supplier<TagRules> rules;
    private final Supplier<List<TagModels.Output>> outputs;
    private final TagTemplate templates;
    private final ZoneId zone;

    /** @param zone the company's */
    TagSql(Supplier<TagRules> rules, Supplier<List<TagModels.Output>> outputs, TagTemplate templates, ZoneId zone) {
        this.rules = rules;
        this.outputs = outputs;
        this.templates = templates;
        this.zone = zone;
    }

    /** The queries that must stand in front of these tags' values, without the word {@code with}. */
    List<Sql> heads(List<TagForm> forms, Instant asOf) {
        return heads(forms, Set.of(), asOf);
    }

    /** @param also further views that are read */
    List<Sql> heads(List<TagForm> forms, Set<String> also, Instant asOf) {
        var views = new TreeSet<String>(also);
        for (var form : forms) {
            if (form.content() instanceof TagContent.ByStatistic statistic)
                views.addAll(templates.views(statistic.sql()));
            if (form.content() instanceof TagContent.ByRule rule && rule.otherwise() != null)
                views.addAll(everyoneReads(form.population()));
        }
        return TagTemplate.cut(views, asOf, zone);
    }

    /** A query with {@code customer_id, value} (a JSON scalar) and {@code several}, one row per customer. */
    Sql values(TagForm form, Instant asOf) {
        return switch (form.content()) {
            case TagContent.ByRule rule -> byRule(form, rule, asOf);
            case TagContent.ByStatistic statistic -> byStatistic(form.type(), statistic, asOf, zone);
            case TagContent.ByModel model -> byModel(form.type(), model);
            case TagContent.ByHand hand -> throw new IllegalStateException("a manual tag is not worked out");
            case TagContent.ByImport imported -> throw new IllegalStateException("an imported tag is not worked out");
        };
    }

    private Sql byRule(TagForm form, TagContent.ByRule rule, Instant asOf) {
        var places = new ArrayList<Sql>();
        for (int i = 0; i < rule.cases().size(); i++) {
            var one = rule.cases().get(i);
            places.add(Sql.of(
                            "select cast(? as integer) as place, cast(? as varchar) as word, customer_id from",
                            i,
                            one.value())
                    .then(rules.get().members(one.rule(), asOf).inParentheses())
                    .then("holds"));
        }
        var otherwise = rule.otherwise();
        if (otherwise != null)
            places.add(Sql.of(
                            "select cast(? as integer) as place, cast(? as varchar) as word, customer_id from",
                            MOST_CASES,
                            otherwise)
                    .then(population(form.population()).inParentheses())
                    .then("everyone_of_it"));
        return Sql.of("select customer_id, " + scalar(form.type(), "min_by(word, place)")
                        + " as value, count(distinct word) filter (where place < " + MOST_CASES
                        + ") > 1 as several from")
                .then(Sql.join(" union all ", places).inParentheses())
                .then("cases group by customer_id");
    }

    private static Sql byStatistic(TagType type, TagContent.ByStatistic statistic, Instant asOf, ZoneId zone) {
        return Sql.of(
                        "select customer_id, min(value) as value, count(distinct value) > 1 as several from (select customer_id, "
                                + scalar(type, "value") + " as value from")
                .then(TagTemplate.bound(statistic.sql(), statistic.parameters(), asOf, zone)
                        .inParentheses())
                .then("asked) found where value is not null and customer_id is not null group by customer_id");
    }

    private Sql byModel(TagType type, TagContent.ByModel model) {
        var output = output(model.output());
        if (model.bands().isEmpty())
            return Sql.of("select customer_id, " + scalar(type, "value") + " as value, false as several from")
                    .then(output.values().inParentheses())
                    .then("said where value is not null");
        var bands = Sql.of("case");
        for (var band : model.bands()) {
            var fits = new ArrayList<Sql>();
            if (band.atLeast() != null)
                fits.add(Sql.of("value >= ?", band.atLeast().doubleValue()));
            if (band.atMost() != null)
                fits.add(Sql.of("value <= ?", band.atMost().doubleValue()));
            bands = bands.then("when")
                    .then(fits.isEmpty() ? Sql.of("true") : Sql.join(" and ", fits))
                    .then("then cast(? as varchar)", band.value());
        }
        return Sql.of("select customer_id, " + scalar(type, "word")
                        + " as value, false as several from (select customer_id,")
                .then(bands.then("end as word from"))
                .then(output.values().inParentheses())
                .then("said) banded where word is not null");
    }

    /** What a model says; a {@link Problem} {@code tag_model_unknown} when there is none of the name. */
    TagModels.Output output(String name) {
        return outputs.get().stream()
                .filter(output -> output.name().equals(name))
                .findFirst()
                .orElseThrow(() -> Problem.invalid("tag_model_unknown", "no model says '{name}'; there are {known}")
                        .with("name", name)
                        .with(
                                "known",
                                outputs.get().stream()
                                        .map(TagModels.Output::name)
                                        .toList()));
    }

    /** A value as a JSON scalar; what cannot be read as the type is none. */
    private static String scalar(TagType type, String value) {
        return switch (type) {
            case TEXT -> "json_scalar(" + value + ")";
            case DAY -> "json_scalar(try_cast(" + value + " as date))";
            case BOOLEAN -> "lower(cast(try_cast(" + value + " as boolean) as varchar))";
            case NUMBER ->
                "json_number(case when isfinite(try_cast(" + value + " as double)) then try_cast(" + value
                        + " as double) end)";
        };
    }

    static Set<String> everyoneReads(TagForm.Population population) {
        return switch (population) {
            case EVERYONE -> Set.of("events_now", "orders_now", "traits_now");
            case BUYERS -> Set.of("orders_now");
        };
    }

    static Sql population(TagForm.Population population) {
        return switch (population) {
            case EVERYONE ->
                Sql.of(
                        "select customer_id from events_now union select customer_id from orders_now union select customer_id from traits_now");
            case BUYERS -> Sql.of("select distinct customer_id from orders_now where net > 0");
        };
    }
}
