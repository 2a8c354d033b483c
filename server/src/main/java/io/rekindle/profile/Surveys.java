package io.rekindle.profile;

import io.rekindle.common.CustomerId;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.stereotype.Component;

/**
 * Answers to surveys, from files and sources alike: events {@code Survey Answered} with {@code measure} ({@code nps, csat} or
 * {@code ces}) and {@code score}. Of each measure the last score stands.
 */
@Component
class Surveys implements Section {
    /** What it is worked out from. */
    static final Set<String> EVENTS = Set.of("Survey Answered");

    private static final Map<String, String> LAST = Map.of("nps", "lastNps", "csat", "lastCsat", "ces", "lastCes");

    private final Warehouse warehouse;
    private final EventsOf events;

    Surveys(Warehouse warehouse, EventsOf events) {
        this.warehouse = warehouse;
        this.events = events;
    }

    @Override
    public Kind kind() {
        return Kind.SURVEYS;
    }

    @Override
    public List<Figure> of(CustomerId customer) {
        record Latest(String measure, BigDecimal score, Instant at, long answers) {}
        var byMeasure = warehouse.query(
                Sql.of("""
                        select measure, score, occurred_at, count(*) over (partition by measure) as answers
                        from (select lower(coalesce(json_text(properties, '$.measure'), 'nps')) as measure,
                                  try_cast(json_text(properties, '$.score') as decimal(18, 4)) as score, occurred_at, seq
                              from
                        """).then(events.customer(customer)).then("""
                              theirs where type = 'track' and name = 'Survey Answered') answered
                        where score is not null
                        qualify row_number() over (partition by measure order by occurred_at desc, seq desc) = 1
                        order by measure
                        """),
                row -> new Latest(
                        row.text("measure"),
                        row.decimal("score"),
                        row.instant("occurred_at"),
                        row.longValue("answers")));
        if (byMeasure.isEmpty()) return List.of();
        var figures = new ArrayList<Figure>();
        figures.add(new Figure(
                "answers",
                BigDecimal.valueOf(byMeasure.stream().mapToLong(Latest::answers).sum()),
                null));
        for (var measure : List.of("nps", "csat", "ces"))
            byMeasure.stream()
                    .filter(one -> one.measure().equals(measure))
                    .forEach(one -> figures.add(new Figure(
                            LAST.getOrDefault(measure, measure), one.score().stripTrailingZeros(), null)));
        figures.add(new Figure(
                "lastAnswer",
                null,
                byMeasure.stream().map(Latest::at).max(Instant::compareTo).orElseThrow()));
        return figures;
    }
}
