package io.rekindle.warehouse;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A piece of SQL and the values of its {@code ?} marks, in order. Pieces compose; a value never becomes text. Values
 * may be {@code Long, Integer, Double, Boolean, String, BigDecimal, Instant, LocalDate}, a list of texts or null.
 */
public record Sql(String text, List<@Nullable Object> values) {
    public Sql {
        values = Collections.unmodifiableList(new ArrayList<>(values));
        if (marks(text) != values.size())
            throw new IllegalArgumentException(
                    "%d values for %d marks in: %s".formatted(values.size(), marks(text), text));
    }

    public static Sql of(String text, @Nullable Object... values) {
        return new Sql(text, Arrays.asList(values));
    }

    /** This piece, then another, with one space between. */
    public Sql then(Sql next) {
        var all = new ArrayList<@Nullable Object>(values);
        all.addAll(next.values);
        return new Sql(text + " " + next.text, all);
    }

    public Sql then(String text, @Nullable Object... values) {
        return then(of(text, values));
    }

    /** The pieces with {@code separator} between, e.g. {@code " and "}. */
    public static Sql join(String separator, List<Sql> pieces) {
        var all = new ArrayList<@Nullable Object>();
        for (var piece : pieces) all.addAll(piece.values);
        return new Sql(pieces.stream().map(Sql::text).collect(Collectors.joining(separator)), all);
    }

    /** The piece in parentheses. */
    public Sql inParentheses() {
        return new Sql("(" + text + ")", values);
    }

    /** How many {@code ?} marks a text has outside of quotes. */
    public static int marks(String text) {
        int marks = 0;
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote != 0) {
                if (c == quote) quote = 0;
            } else if (c == '\'' || c == '"') {
                quote = c;
            } else if (c == '?') {
                marks++;
            }
        }
        return marks;
    }
}
