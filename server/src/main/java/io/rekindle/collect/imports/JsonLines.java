package io.rekindle.collect.imports;

import io.rekindle.platform.Problem;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/**
 * One JSON object a line. Its columns are the names of all members of all lines; those of an object within are called by
 * their way, {@code address.city}, and a list is its JSON text. So it is read once for the names and once for the rows. An
 * object whose only member is {@code $date} is a moment, as document databases write theirs: whatever form times have.
 */
final class JsonLines implements Table {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String DATE = "$date";
    private static final int MOST_COLUMNS = 1_000;
    private static final int SHOWN_OF_A_CUT_LINE = 1_000;

    private final String encoding;
    private final List<String> columns;
    private final Lines lines;
    private long number;

    JsonLines(Callable<Reader> text, String encoding) throws Exception {
        this.encoding = encoding;
        var names = new LinkedHashSet<String>();
        try (var in = new Lines(text.call())) {
            for (var line = in.next(); line != null; line = in.next()) {
                try {
                    if (!line.isCut()) names.addAll(members(line.text()).texts().keySet());
                } catch (JacksonException | NotAnObject told) {
                    // Told of its row, when that is read.
                }
                if (names.size() > MOST_COLUMNS)
                    throw Problem.invalid(
                                    "too_many_columns",
                                    "the lines have more than {most} different members; name members alike in all lines")
                            .with("most", MOST_COLUMNS);
            }
        } catch (IOException e) {
            throw unreadable(e);
        }
        columns = List.copyOf(names);
        lines = new Lines(text.call());
    }

    @Override
    public List<String> columns() {
        return columns;
    }

    @Override
    public String encoding() {
        return encoding;
    }

    @Override
    public @Nullable Row next() {
        try {
            while (true) {
                var line = lines.next();
                if (line == null) return null;
                number++;
                if (line.isCut())
                    return Row.unreadable(
                            number,
                            line.text().substring(0, SHOWN_OF_A_CUT_LINE),
                            "the line is longer than %,d characters".formatted(Lines.LONGEST));
                if (!line.text().isBlank()) return row(line.text());
            }
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private static RuntimeException unreadable(IOException e) {
        return e.getCause() instanceof Problem problem ? problem : new UncheckedIOException(e);
    }

    private Row row(String line) {
        try {
            var members = members(line);
            var values = new ArrayList<@Nullable String>(columns.size());
            var moments = new HashMap<Integer, Moment>();
            var numbers = new HashSet<Integer>();
            for (int i = 0; i < columns.size(); i++) {
                var column = columns.get(i);
                values.add(members.texts().get(column));
                var moment = members.moments().get(column);
                if (moment != null) moments.put(i, moment);
                if (members.numbers().contains(column)) numbers.add(i);
            }
            return new Row(number, values, moments, numbers);
        } catch (NotAnObject e) {
            return Row.unreadable(number, line, "the line is no JSON object");
        } catch (JacksonException e) {
            // The reader's own words hold what it stumbled over.
            return Row.unreadable(
                    number,
                    line,
                    "the line is not well-formed JSON from column %d on"
                            .formatted(
                                    e.getLocation() == null
                                            ? 1
                                            : e.getLocation().getColumnNr()));
        }
    }

    private static final class NotAnObject extends Exception {
        private static final long serialVersionUID = 1;

        NotAnObject() {
            super("no object", null, false, false);
        }
    }

    private record Members(Map<String, @Nullable String> texts, Map<String, Moment> moments, Set<String> numbers) {}

    private static Members members(String line) throws NotAnObject {
        var members = new Members(new LinkedHashMap<>(), new HashMap<>(), new HashSet<>());
        if (line.isBlank()) return members;
        try (var in = JSON.createParser(line)) {
            if (in.nextToken() != JsonToken.START_OBJECT) throw new NotAnObject();
            object(in, "", members);
            if (in.nextToken() != null) throw new NotAnObject();
        }
        return members;
    }

    private static void object(JsonParser in, String way, Members members) {
        while (in.nextToken() != JsonToken.END_OBJECT) {
            var name = way + in.currentName();
            switch (in.nextToken()) {
                case START_OBJECT -> {
                    object(in, name + ".", members);
                    var date = members.texts().get(name + "." + DATE);
                    var moment = date == null ? null : moment(date);
                    if (moment == null) break;
                    members.texts().remove(name + "." + DATE);
                    members.texts().put(name, date);
                    members.moments().put(name, moment);
                }
                case START_ARRAY ->
                    members.texts().put(name, in.readValueAsTree().toString());
                case VALUE_NULL -> members.texts().put(name, null);
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
                    members.texts().put(name, in.getString());
                    members.numbers().add(name);
                }
                default -> members.texts().put(name, in.getString());
            }
        }
    }

    /** Null when it is none: the text speaks for itself then. */
    private static @Nullable Moment moment(String date) {
        try {
            var read = DateTimeFormatter.ISO_DATE_TIME.parseBest(
                    date.length() == 10 ? date + "T00:00:00" : date, OffsetDateTime::from, LocalDateTime::from);
            return switch (read) {
                case OffsetDateTime zoned ->
                    new Moment(ChronoUnit.MICROS.between(Instant.EPOCH, zoned.toInstant()), true);
                case LocalDateTime local ->
                    new Moment(ChronoUnit.MICROS.between(Instant.EPOCH, local.toInstant(ZoneOffset.UTC)), false);
                default -> null;
            };
        } catch (DateTimeException | ArithmeticException e) {
            return null;
        }
    }

    @Override
    public void close() {
        try {
            lines.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
