package io.rekindle.export;

import io.rekindle.warehouse.FileForm;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the name of an exported file tells, e.g. {@code lake/events/day=2026-03-01/events.parquet}.
 *
 * @param export the name of its export then
 * @param day null where all of it is one file
 * @param isHalf whether it is what a killed server left of one
 */
record FileName(String export, Dataset dataset, @Nullable LocalDate day, FileForm form, boolean isHalf) {
    private static final Pattern FORM = Pattern.compile(
            "(?<export>[A-Za-z0-9][A-Za-z0-9._-]{0,62})/(?<data>%s)/(day=(?<day>\\d{4}-\\d\\d-\\d\\d)/)?(?<dot>\\.?)\\k<data>(?<ending>%s)(?<half>\\.in-work)?"
                    .formatted(
                            Arrays.stream(Dataset.values()).map(Dataset::code).collect(Collectors.joining("|")),
                            Arrays.stream(FileForm.values())
                                    .map(FileForm::ending)
                                    .map(Pattern::quote)
                                    .collect(Collectors.joining("|"))));

    /** Empty when no export makes a file of this name. */
    static Optional<FileName> of(String name) {
        var parts = FORM.matcher(name);
        if (!parts.matches() || parts.group("dot").isEmpty() != (parts.group("half") == null)) return Optional.empty();
        try {
            var day = parts.group("day");
            return Optional.of(new FileName(
                    parts.group("export"),
                    Dataset.of(parts.group("data").toLowerCase(Locale.ROOT)),
                    day == null ? null : LocalDate.parse(day),
                    Arrays.stream(FileForm.values())
                            .filter(form -> form.ending().equals(parts.group("ending")))
                            .findFirst()
                            .orElseThrow(),
                    !parts.group("dot").isEmpty()));
        } catch (DateTimeException noDay) {
            return Optional.empty();
        }
    }

    /** Whether an export of this name, form and data makes it. */
    boolean isOf(Export export) {
        return !isHalf
                && this.export.equals(export.name())
                && form == export.form()
                && export.data().contains(dataset);
    }
}
