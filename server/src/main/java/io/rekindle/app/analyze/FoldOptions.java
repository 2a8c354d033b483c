package io.rekindle.app.analyze;

import io.rekindle.platform.Problem;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How the training file is divided into folds: by chance, or as one of its columns says. */
final class FoldOptions {
    private static final Field FOLD = Field.key("fold");

    @Option(names = "--folds", description = "Of the cross-validation (default: ${DEFAULT-VALUE}).")
    private int folds = 5;

    @Option(
            names = "--fold-column",
            paramLabel = "COLUMN",
            description = "Rows with the same value make a fold; nothing is learnt from this column.")
    private @Nullable String column;

    /** How many there are where none are given. */
    int count() {
        return folds;
    }

    /** Has the column read with the others, where there is one. */
    void addTo(Map<Field, String> fields) {
        if (column != null) fields.put(FOLD, column);
    }

    /** The folds of some rows, numbered by their names; empty where there is no column of them. */
    int[] given(DataRows read, int[] rows) {
        if (column == null) return new int[0];
        var keys = read.keys(FOLD);
        for (int row : rows)
            if (!keys.has(row))
                throw Problem.invalid("fold_missing", "a row has no fold; give every row one, or use --folds");
        var sorted = keys.sorted();
        return Arrays.stream(rows).map(row -> sorted.codes()[row]).toArray();
    }
}
