package io.rekindle.app.analyze;

import io.rekindle.models.table.Column;
import io.rekindle.models.table.NumberForm;
import io.rekindle.models.table.Table;
import io.rekindle.models.table.TableBuilder;
import io.rekindle.platform.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Options of the analyses that learn from whatever columns a file has, and the reader that makes a {@link Table} of them.
 * What each column holds is found out; {@code --categories} overrules it.
 */
final class TableOptions {
    @Option(
            names = "--ignore",
            split = ",",
            paramLabel = "COLUMN",
            description = "Columns not to learn from, several with commas: identifiers, what is known only afterwards.")
    private List<String> ignored = List.of();

    @Option(
            names = "--categories",
            split = ",",
            paramLabel = "COLUMN",
            description = "Columns of digits that are names and not numbers, such as a region's code.")
    private List<String> categories = List.of();

    @Option(
            names = "--time-format",
            description = "Form of dates, e.g. \"M/d/yyyy H:mm\" or %%d.%%m.%%Y (default: ISO 8601 or 20260301).")
    private @Nullable String timeFormat;

    @Option(names = "--encoding", description = "Encoding of a CSV file, e.g. GB18030 (default: UTF-8).")
    private @Nullable String encoding;

    @Option(
            names = "--decimal-comma",
            description = "Numbers of CSV files have a decimal comma: 1.234,50 (default: a point, 1234.50).")
    private boolean decimalComma;

    private NumberForm written() {
        return decimalComma ? NumberForm.COMMA : NumberForm.POINT;
    }

    /**
     * A file: what was read for its own sake, and all the other columns.
     *
     * @param unreadable values that became gaps without being any
     */
    record TableRows(
            String file,
            DataRows fields,
            Table table,
            List<TableBuilder.Unreadable> unreadable,
            List<TableBuilder.Doubtful> doubtful) {
        /** Tells on the card what could not be read. */
        void warn(Card card) {
            for (var it : unreadable)
                card.warn(
                        "values_unreadable",
                        "%s, column %s: %,d values such as '%s' are no %s and count as missing"
                                .formatted(file, it.column(), it.count(), it.example(), words(it.kind())));
            for (var it : doubtful)
                card.warn(
                        "column_doubtful",
                        it.otherwiseWritten()
                                ? "%s, column %s: values such as '%s' have a decimal %s and are taken for names; %s"
                                        .formatted(
                                                file,
                                                it.column(),
                                                it.example(),
                                                fields.written() == NumberForm.POINT ? "comma" : "point",
                                                fields.written() == NumberForm.POINT
                                                        ? "where they are numbers, say --decimal-comma"
                                                        : "where they are numbers, leave --decimal-comma out")
                                : "%s, column %s: %,d of %,d values are %s, others such as '%s' are not, so all are taken for names; leave the others empty, or say --categories %s"
                                        .formatted(
                                                file,
                                                it.column(),
                                                it.most(),
                                                it.count(),
                                                words(it.kind()),
                                                it.example(),
                                                it.column()));
        }

        private static String words(Column.Kind kind) {
            return kind == Column.Kind.DATE ? "dates" : "numbers";
        }
    }

    /**
     * Reads a file to learn from.
     *
     * @param fields what is read for its own sake, with the name of its column; these columns are not in the table
     */
    TableRows read(Path path, Map<Field, String> fields, Progress progress) {
        var times = TimeText.of(timeFormat);
        try (var file = DataFile.open(path, encoding, written())) {
            for (var column : ignored) file.place(column);
            for (var column : categories) file.place(column);
            var rest = file.columns().stream()
                    .filter(column -> !fields.containsValue(column) && !ignored.contains(column))
                    .toList();
            if (rest.isEmpty())
                throw Problem.invalid("no_columns", "%s has no column left to learn from".formatted(file.name()));
            var builder = new TableBuilder(rest, times::seconds, file.written());
            for (var column : categories) if (rest.contains(column)) builder.as(column, Column.Kind.CATEGORY);
            return read(file, fields, rest, builder, times, progress);
        }
    }

    /**
     * Reads a file of rows to score.
     *
     * @param like the table a model was fitted on: its columns are needed, others are passed over
     */
    TableRows read(Path path, Map<Field, String> fields, Table like, Progress progress) {
        var times = TimeText.of(timeFormat);
        try (var file = DataFile.open(path, encoding, written())) {
            var names = like.columns().stream().map(Column::name).toList();
            var missing = names.stream()
                    .filter(name -> !file.columns().contains(name))
                    .toList();
            if (!missing.isEmpty())
                throw Problem.invalid(
                        "column_unknown",
                        "%s lacks %s, which the model learnt from; add it, or leave it out of the training with --ignore"
                                .formatted(file.name(), String.join(", ", missing)));
            return read(file, fields, names, TableBuilder.like(like, times::seconds, file.written()), times, progress);
        }
    }

    static TableRows read(
            DataFile file,
            Map<Field, String> fields,
            List<String> rest,
            TableBuilder builder,
            TimeText times,
            Progress progress) {
        var wanted = new ArrayList<Field>();
        var columns = new ArrayList<String>();
        fields.forEach((field, column) -> {
            wanted.add(field);
            columns.add(column);
        });
        progress.begin("reading " + file.name());
        var rows = file.read(
                wanted, columns, times, read -> progress.tell("%,d rows".formatted(read)), rest, builder::add);
        progress.end("%,d rows".formatted(rows.size()));
        var table = builder.build();
        return new TableRows(file.name(), rows, table, builder.unreadable(), builder.doubtful());
    }
}
