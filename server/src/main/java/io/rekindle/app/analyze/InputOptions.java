package io.rekindle.app.analyze;

import io.rekindle.models.table.NumberForm;
import io.rekindle.models.table.TableBuilder;
import io.rekindle.platform.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The file to read and which of its columns is what. */
final class InputOptions {
    @Option(names = "--input", required = true, paramLabel = "FILE", description = "CSV, the same gzipped, or Parquet.")
    @SuppressWarnings("NullAway.Init")
    private Path input;

    @Option(
            names = "--map",
            split = ",",
            paramLabel = "FIELD=COLUMN",
            description =
                    "Which column holds a field, several with commas; a column of the field's own name needs no mention.")
    private Map<String, String> map = new LinkedHashMap<>();

    @Option(
            names = "--time-format",
            description = "Form of the times, e.g. \"M/d/yyyy H:mm\" or %%d.%%m.%%Y (default: ISO 8601 or 20260301).")
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

    /** The file's name, for the card. */
    String fileName() {
        return String.valueOf(input.getFileName());
    }

    /** What an analysis says when an optional field turns out to be needed. */
    Problem notMapped(String needed) {
        try (var file = DataFile.open(input, encoding, written())) {
            return Problem.invalid(
                    "field_not_mapped",
                    "%s: %s; its columns are %s".formatted(file.name(), needed, String.join(", ", file.columns())));
        }
    }

    /** Reads the fields; optional ones only where the file has them. */
    DataRows read(List<Field> fields, Progress progress) {
        return read(fields, Map.of(), progress);
    }

    /** Reads the fields, some of whose columns are named by options of their own. */
    DataRows read(List<Field> fields, Map<String, String> named, Progress progress) {
        var times = TimeText.of(timeFormat);
        for (var name : map.keySet())
            if (fields.stream().noneMatch(field -> field.name().equals(name)))
                throw Problem.invalid(
                        "field_unknown",
                        "--map knows no field '%s'; there are %s"
                                .formatted(
                                        name,
                                        String.join(
                                                ", ",
                                                fields.stream().map(Field::name).toList())));
        try (var file = DataFile.open(input, encoding, written())) {
            var found = new ArrayList<Field>();
            var columns = new ArrayList<String>();
            var missing = new ArrayList<String>();
            for (var field : fields) {
                var column = named.getOrDefault(field.name(), map.get(field.name()));
                if (column == null && file.columns().contains(field.name())) column = field.name();
                if (column != null) {
                    file.place(column);
                    found.add(field);
                    columns.add(column);
                } else if (field.required()) missing.add(field.name());
            }
            if (!missing.isEmpty())
                throw Problem.invalid(
                        "field_not_mapped",
                        "which column of %s holds %s? Say so with --map %s; the columns are %s"
                                .formatted(
                                        file.name(),
                                        String.join(" and ", missing),
                                        String.join(
                                                ",",
                                                missing.stream()
                                                        .map(name -> name + "=COLUMN")
                                                        .toList()),
                                        String.join(", ", file.columns())));
            progress.begin("reading " + file.name());
            var rows = file.read(found, columns, times, read -> progress.tell("%,d rows".formatted(read)));
            progress.end("%,d rows".formatted(rows.size()));
            return rows;
        }
    }

    /**
     * Reads a file beside the input, in the same encoding and form of times, with all its columns.
     *
     * @param key of the input, by whose column's name, or else its own, the file says whose each row is
     * @param also further fields of the file, with the names of their columns
     */
    TableOptions.TableRows describing(Path path, Field key, Map<Field, String> also, Progress progress) {
        var times = TimeText.of(timeFormat);
        try (var file = DataFile.open(path, encoding, written())) {
            var mapped = map.getOrDefault(key.name(), key.name());
            var column = file.columns().contains(mapped) ? mapped : key.name();
            if (!file.columns().contains(column))
                throw Problem.invalid(
                        "column_unknown",
                        "%s has no column %s that says whose each row is; it has %s"
                                .formatted(
                                        file.name(),
                                        mapped.equals(key.name()) ? mapped : mapped + " or " + key.name(),
                                        String.join(", ", file.columns())));
            var fields = new LinkedHashMap<Field, String>(also);
            fields.put(key, column);
            var rest = file.columns().stream()
                    .filter(name -> !fields.containsValue(name))
                    .toList();
            // A file may say no more than what is available; a name of its own for each row tells nothing else.
            if (rest.isEmpty()) rest = List.of(column);
            return TableOptions.read(
                    file, fields, rest, new TableBuilder(rest, times::seconds, file.written()), times, progress);
        }
    }
}
