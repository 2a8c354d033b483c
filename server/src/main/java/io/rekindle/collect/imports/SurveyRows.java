package io.rekindle.collect.imports;

import io.rekindle.collect.EventType;
import io.rekindle.collect.ImportMapping;
import io.rekindle.collect.Imports;
import io.rekindle.platform.Problem;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * A row of an answer as the event {@code Survey Answered} with survey, measure and score. What the customer wrote is a
 * personal field of theirs, {@code surveys.NAME.comment}: it stands sealed in the profile, the latest of each survey.
 */
final class SurveyRows implements RowEvents {
    private static final String UNNAMED = "survey";

    /** By measure, the lowest and the highest score. */
    private static final Map<String, List<BigDecimal>> SCALES = Map.of(
            "nps", List.of(BigDecimal.ZERO, BigDecimal.TEN),
            "csat", List.of(BigDecimal.ONE, new BigDecimal(5)),
            "ces", List.of(BigDecimal.ONE, new BigDecimal(7)));

    private final MappedColumns columns;
    private final Whom whom;
    private final Instant latest;
    private final JsonMapper json;

    SurveyRows(ImportMapping mapping, List<String> given, ZoneId zone, Instant latest, JsonMapper json) {
        this.latest = latest;
        this.json = json;
        var faults = new ArrayList<Problem.Fault>();
        columns = new MappedColumns(mapping, given, zone, faults);
        whom = new Whom(columns, json, faults);
        MappedColumns.requireNone(faults);
    }

    @Override
    public List<Item> of(Table.Row row) throws BadRow {
        var unreadable = columns.unreadable(row);
        if (unreadable != null) throw unreadable;
        var answered = whom.item(row);
        var at = columns.time(row, "time", latest).toString();
        var survey = columns.text(row, "survey").isEmpty() ? UNNAMED : columns.text(row, "survey");
        var measure = columns.text(row, "measure").isEmpty()
                ? "nps"
                : columns.text(row, "measure").toLowerCase(Locale.ROOT);
        var scale = SCALES.get(measure);
        if (scale == null)
            throw new BadRow(
                    "bad_measure",
                    "column '%s' holds no measure; there are nps (0 to 10), csat (1 to 5) and ces (1 to 7)"
                            .formatted(columns.column("measure")));
        var score = columns.number(row, "score");
        if (score == null || score.compareTo(scale.getFirst()) < 0 || score.compareTo(scale.getLast()) > 0)
            throw new BadRow(
                    "bad_score",
                    "column '%s' holds no score of %s, which go from %s to %s"
                            .formatted(columns.column("score"), measure, scale.getFirst(), scale.getLast()));
        answered.put("timestamp", at).put("event", "Survey Answered");
        var properties = answered.withObject("/properties");
        properties.put("survey", survey).put("measure", measure).put("score", score.stripTrailingZeros());
        if (!columns.text(row, "response_id").isEmpty())
            properties.put("response_id", columns.text(row, "response_id"));
        var items = new ArrayList<Item>(2);
        items.add(new Item(EventType.TRACK, answered));
        var comment = columns.text(row, "comment");
        if (!comment.isEmpty()) {
            var said = whom.item(row);
            said.put("timestamp", at);
            // The identifiers stand among the traits of an identify call, once it has traits of its own.
            var traits = json.createObjectNode();
            said.path("context").path("traits").properties().forEach(one -> traits.set(one.getKey(), one.getValue()));
            said.remove("context");
            traits.putObject("surveys").putObject(survey.replace('.', ' ')).put("comment", comment);
            said.set("traits", traits);
            items.add(new Item(EventType.IDENTIFY, said));
        }
        return items;
    }

    @Override
    public boolean tellsWhen() {
        return true;
    }

    @Override
    public List<Imports.Column> understood() {
        return columns.understood();
    }

    @Override
    public List<Imports.Note> notes() {
        return List.of();
    }
}
