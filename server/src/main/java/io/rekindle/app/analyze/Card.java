package io.rekindle.app.analyze;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What stands beside every result: which data it rests on, what was left out of them, and what to be careful about. */
final class Card {
    private final List<Data> data = new ArrayList<>();
    private final List<Warning> warnings = new ArrayList<>();

    /**
     * A file that was read.
     *
     * @param rows of the file
     * @param used rows the result rests on
     * @param leftOut why the others do not count
     */
    record Data(String file, long rows, long used, List<LeftOut> leftOut) {
        /** The same in a line. */
        String words() {
            return Figures.agreed(String.format(Locale.ROOT, "%s: %,d of %,d rows used", file, used, rows)
                    + (leftOut.isEmpty()
                            ? ""
                            : leftOut.stream()
                                    .map(out -> String.format(Locale.ROOT, "%,d %s", out.count(), out.reason()))
                                    .collect(Collectors.joining(", ", "; left out: ", ""))));
        }
    }

    /** Rows or customers that do not count, and why. */
    record LeftOut(String reason, long count) {}

    /** Something to be careful about: a stable code, and a sentence. */
    record Warning(String code, String message) {}

    /** Both, as they go to JSON. */
    record Content(List<Data> data, List<Warning> warnings) {}

    void read(String file, long rows, long used, List<LeftOut> leftOut) {
        data.add(new Data(
                file,
                rows,
                used,
                leftOut.stream().filter(out -> out.count() > 0).toList()));
    }

    void warn(String code, String message) {
        warnings.add(new Warning(code, Figures.agreed(message)));
    }

    Content content() {
        return new Content(List.copyOf(data), List.copyOf(warnings));
    }
}
