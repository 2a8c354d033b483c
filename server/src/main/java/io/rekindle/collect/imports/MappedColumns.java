package io.rekindle.collect.imports;

import io.rekindle.collect.CurrencySigns;
import io.rekindle.collect.FileCurrency;
import io.rekindle.collect.ImportKind;
import io.rekindle.collect.ImportMapping;
import io.rekindle.collect.Imports;
import io.rekindle.common.Decimals;
import io.rekindle.platform.Problem;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where a file has the fields of its kind, by a mapping that fits it, and how their values are read. */
final class MappedColumns {
    private static final BigDecimal LARGEST = new BigDecimal("1000000000");
    /** One comma and three digits behind it: a thousand to one, a thousandth to another. */
    private static final Pattern THOUSANDS_OR_DECIMALS = Pattern.compile("[+-]?\\d{1,3},\\d{3}");

    private final Map<String, Integer> places = new LinkedHashMap<>();
    private final List<String> columns;
    private final ImportMapping mapping;
    private final Times times;
    private final ZoneId zone;

    /**
     * Checks the mapping against the columns and adds every fault to the list.
     *
     * @param zone of times that name none
     */
    MappedColumns(ImportMapping mapping, List<String> columns, ZoneId zone, List<Problem.Fault> faults) {
        this.mapping = mapping;
        this.zone = zone;
        this.columns = columns;
        var kind = mapping.tells();
        for (var field : kind.fields())
            if (!mapping.columns().containsKey(field) && columns.contains(field))
                places.put(field, columns.indexOf(field));
        mapping.columns().forEach((field, column) -> {
            if (!kind.knows(field))
                faults.add(new Problem.Fault(field, "import_field_unknown", "there is no such field; there are {known}")
                        .with("known", known(kind)));
            else if (columns.contains(column)) places.put(field, columns.indexOf(column));
            else
                faults.add(new Problem.Fault(
                                field, "column_unknown", "the file has no column '{column}'; it has {columns}")
                        .with("column", column)
                        .with("columns", columns));
        });
        // A column named like a field of one's own naming is that field, unless it was mapped to another.
        for (int i = 0; i < columns.size(); i++) {
            var column = columns.get(i);
            if (!kind.fields().contains(column) && kind.knows(column) && !places.containsValue(i))
                places.putIfAbsent(column, i);
        }
        for (var field : kind.required())
            if (!places.containsKey(field) && !mapping.columns().containsKey(field))
                faults.add(
                        new Problem.Fault(field, "column_missing", "no column is mapped to it; the file has {columns}")
                                .with("columns", columns));
        places.forEach((field, place) -> {
            var column = columns.get(place);
            long alike = columns.stream().filter(column::equals).count();
            if (alike > 1)
                faults.add(new Problem.Fault(
                                field,
                                "column_ambiguous",
                                "the file has {count} columns named '{column}': rename all but the one that is meant")
                        .with("count", alike)
                        .with("column", column));
        });
        times = times(mapping.timeFormat(), zone, faults);
        if (mapping.currency() != null && !mapping.currency().matches("[A-Z]{3}"))
            faults.add(new Problem.Fault("currency", "currency_unknown", "'{currency}' is no ISO 4217 code")
                    .with("currency", mapping.currency()));
    }

    private static List<String> known(ImportKind kind) {
        var known = new ArrayList<>(kind.fields());
        kind.beginnings().forEach(one -> known.add(one + "…"));
        return known;
    }

    /** Refuses a mapping with faults. */
    static void requireNone(List<Problem.Fault> faults) {
        if (!faults.isEmpty())
            throw Problem.unprocessable(
                            "import_mapping_invalid", "the mapping does not fit the file: {count} fault(s)", faults)
                    .with("count", faults.size());
    }

    private static Times times(@Nullable String pattern, ZoneId zone, List<Problem.Fault> faults) {
        if (pattern == null) return Times.iso(zone);
        try {
            return Times.of(pattern, zone);
        } catch (IllegalArgumentException e) {
            faults.add(new Problem.Fault("timeFormat", "time_format_unknown", "'{pattern}' is no time pattern: {words}")
                    .with("pattern", pattern)
                    .with("words", e.getMessage()));
            return Times.iso(zone);
        }
    }

    /** Whether a field has a column, or was said to have one. */
    boolean has(String field) {
        return places.containsKey(field) || mapping.columns().containsKey(field);
    }

    /** The file's columns, for words about what is missing. */
    List<String> all() {
        return columns;
    }

    /** The fields that have a column, each with the rest of its name after this beginning. */
    Map<String, String> beginningWith(String beginning) {
        var found = new LinkedHashMap<String, String>();
        for (var field : places.keySet())
            if (field.startsWith(beginning)) found.put(field, field.substring(beginning.length()));
        return found;
    }

    /** The place of a field's column; -1 when it has none. */
    int place(String field) {
        return places.getOrDefault(field, -1);
    }

    /** What the column of a field is called. */
    String column(String field) {
        var place = places.get(field);
        return place == null ? field : columns.get(place);
    }

    /** The text of a field; empty when it says nothing. */
    String text(Table.Row row, String field) {
        var place = places.get(field);
        if (place == null) return "";
        var value = row.values().get(place);
        return value == null ? "" : value.strip().replace("\0", "");
    }

    /** The number of a field, of four decimals and at most nine digits before them; null when it says none. */
    @Nullable
    BigDecimal number(Table.Row row, String field) {
        var value = read(row, field, text(row, field));
        return value == null ? null : value.setScale(4, RoundingMode.HALF_EVEN);
    }

    /**
     * The amount of money of a field in the installation's currency; in the file it may stand with a sign of the file's:
     * {@code € 12.50}. Null when it says none.
     */
    @Nullable
    BigDecimal money(Table.Row row, String field, FileCurrency currency) throws BadRow {
        var amount = read(row, field, CurrencySigns.without(text(row, field), currency.code()));
        if (amount == null) return null;
        var ours = currency.converted(amount);
        if (ours.abs().compareTo(LARGEST) > 0)
            throw new BadRow(
                    "bad_amount",
                    "the amount in column '%s' is beyond 1,000,000,000 %s".formatted(column(field), currency.own()));
        return ours.setScale(4, RoundingMode.HALF_EVEN);
    }

    private @Nullable BigDecimal read(Table.Row row, String field, String text) {
        if (text.isEmpty() || text.length() > 40) return null;
        var value = row.numbers().contains(place(field)) ? Decimals.read(text) : written(text);
        return value == null || value.abs().compareTo(LARGEST) > 0 ? null : value;
    }

    private @Nullable BigDecimal written(String text) {
        var comma = mapping.decimalComma();
        if (comma == null && THOUSANDS_OR_DECIMALS.matcher(text).matches()) return null;
        return Decimals.written(text, Boolean.TRUE.equals(comma));
    }

    /** Why a row as a whole cannot be read; null when it can. */
    @Nullable
    BadRow unreadable(Table.Row row) {
        if (row.fault() != null) return new BadRow("not_readable", row.fault());
        if (row.values().size() != columns.size())
            return new BadRow(
                    "wrong_number_of_fields",
                    "the row has %d fields, the header %d"
                            .formatted(row.values().size(), columns.size()));
        return null;
    }

    /**
     * The time of a field that says one.
     *
     * @param latest a time beyond it is a fault: nobody has done anything by then
     */
    Instant time(Table.Row row, String field, Instant latest) throws BadRow {
        var time = text(row, field);
        if (time.isEmpty()) throw new BadRow("no_" + field, "column '%s' is empty".formatted(column(field)));
        var moment = row.moments().get(place(field));
        // A form of writing says nothing of what was not written down as text.
        var at = moment == null ? times.read(time) : moment.in(zone);
        if (at == null)
            throw new BadRow(
                    "bad_" + field,
                    "column '%s' holds no time %s"
                            .formatted(
                                    column(field),
                                    mapping.timeFormat() == null
                                                    || mapping.timeFormat().isBlank()
                                            ? "in ISO 8601, such as 2026-03-01T09:00:00Z"
                                            : "of the form " + mapping.timeFormat()));
        if (at.isBefore(Instant.EPOCH))
            throw new BadRow(
                    field + "_before_1970", "the time in column '%s' lies before 1970".formatted(column(field)));
        if (at.isAfter(latest))
            throw new BadRow(
                    field + "_in_the_future",
                    "the time in column '%s' lies in the future (times without a zone are taken as those of %s)"
                            .formatted(column(field), zone));
        return at;
    }

    /** The day of a field that says one, before 1970 too; a time is taken by its day in the installation's zone. */
    LocalDate day(Table.Row row, String field) throws BadRow {
        var text = text(row, field);
        var moment = row.moments().get(place(field));
        var at = moment == null ? times.read(text) : moment.in(zone);
        if (at == null)
            throw new BadRow(
                    "bad_" + field,
                    "column '%s' holds no day %s"
                            .formatted(
                                    column(field),
                                    mapping.timeFormat() == null
                                                    || mapping.timeFormat().isBlank()
                                            ? "in ISO 8601, such as 2026-03-01"
                                            : "of the form " + mapping.timeFormat()));
        return at.atZone(zone).toLocalDate();
    }

    /** Every column of the file, and what it is read as. */
    List<Imports.Column> understood() {
        var fields = new LinkedHashMap<Integer, String>();
        var inOrder = new ArrayList<>(mapping.tells().fields());
        places.keySet().stream().filter(field -> !inOrder.contains(field)).forEach(inOrder::add);
        for (var field : inOrder) {
            var place = places.get(field);
            if (place != null) fields.merge(place, field, (one, other) -> one + ", " + other);
        }
        var understood = new ArrayList<Imports.Column>(columns.size());
        for (int i = 0; i < columns.size(); i++) understood.add(new Imports.Column(columns.get(i), fields.get(i)));
        return understood;
    }
}
