package io.rekindle.collect.imports;

import io.rekindle.collect.ImportKind;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a glance at a file tells, for a person to correct.
 *
 * @param sample its first rows, in the order of the columns; in outline for who may not see personal data now
 * @param encoding the character set its text is read in; null where the file's form leaves no choice
 * @param kind what the rows seem to tell of
 * @param fields a guess at the mapping: our field → the file's column
 * @param guesses the same for every kind
 * @param timeFormats the forms that read the times of the guessed column; the empty one is ISO 8601
 * @param decimalComma whether the guessed columns of numbers write decimals behind a comma; null when they do not show it
 */
public record FileLook(
        List<String> columns,
        List<List<String>> sample,
        @Nullable String encoding,
        ImportKind kind,
        Map<String, String> fields,
        List<Guess> guesses,
        List<String> timeFormats,
        @Nullable Boolean decimalComma) {
    private static final int SAMPLE_ROWS = 5;
    private static final int GUESS_ROWS = 200;
    private static final List<String> TIMES = List.of("time", "created_at", "valid_from", "day", "consent_time");

    private static final List<String> NUMBERS = List.of("quantity", "unit_price", "price", "cost", "amount", "score");

    /** How a file would be read as one of a kind: our field → the file's column. */
    public record Guess(ImportKind kind, Map<String, String> fields) {}

    /**
     * The same with the outline of its rows: an A or a in the place of each letter, a 9 in that of each digit. How times and
     * numbers are written still shows, and nobody's name.
     */
    public FileLook outlined() {
        return new FileLook(
                columns,
                sample.stream()
                        .map(row -> row.stream().map(FileLook::outline).toList())
                        .toList(),
                encoding,
                kind,
                fields,
                guesses,
                timeFormats,
                decimalComma);
    }

    private static String outline(String text) {
        var out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (Character.isDigit(c)) out.append('9');
            else if (Character.isUpperCase(c)) out.append('A');
            else if (c < 128 && !Character.isLetter(c)) out.appendCodePoint(c);
            else out.append('a');
        });
        return out.toString();
    }

    /**
     * Looks into a file.
     *
     * @param encoding of its text; found out when null
     * @param zone of times that name none
     */
    public static FileLook into(Path file, @Nullable String encoding, ZoneId zone) {
        try (var staging = new Workspace();
                var table = Table.open(file, encoding, staging.connection())) {
            var columns = table.columns();
            var kind = MappingGuess.kind(columns);
            var guesses = Arrays.stream(ImportKind.values())
                    .map(one -> new Guess(one, MappingGuess.fields(one, columns)))
                    .toList();
            var fields = MappingGuess.fields(kind, columns);
            int timeAt = TIMES.stream()
                    .filter(fields::containsKey)
                    .findFirst()
                    .map(field -> columns.indexOf(fields.get(field)))
                    .orElse(-1);
            var sample = new ArrayList<List<String>>();
            var times = new ArrayList<String>();
            var numbersAt = NUMBERS.stream()
                    .filter(fields::containsKey)
                    .map(field -> columns.indexOf(fields.get(field)))
                    .toList();
            var numbers = new ArrayList<String>();
            for (var row = table.next(); row != null && times.size() < GUESS_ROWS; row = table.next()) {
                var values = row.values().stream()
                        .map(value -> value == null ? "" : value.strip())
                        .toList();
                if (sample.size() < SAMPLE_ROWS) sample.add(values);
                for (int at : numbersAt)
                    if (at < values.size() && !row.numbers().contains(at)) numbers.add(values.get(at));
                times.add(timeAt >= 0 && timeAt < values.size() ? values.get(timeAt) : "");
            }
            return new FileLook(
                    columns,
                    List.copyOf(sample),
                    table.encoding(),
                    kind,
                    fields,
                    guesses,
                    MappingGuess.timeFormats(times, zone),
                    MappingGuess.decimalComma(numbers));
        }
    }
}
