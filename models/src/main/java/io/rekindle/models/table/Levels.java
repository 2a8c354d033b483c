package io.rekindle.models.table;

import io.rekindle.models.numeric.Indices;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The categories of a column frequent enough to be told apart; the others are one. Memory goes by the categories in the
 * rows looked at, not by those kept: a million different ones do no harm.
 *
 * @param place of each category kept, in the order of their names
 * @param rest whether others were seen
 * @param gaps whether rows without one were seen
 */
record Levels(Map<String, Integer> place, boolean rest, boolean gaps) {
    static final int MOST = 50;

    /** A category is kept when at least this many rows, or one in two thousand, have it. */
    private static final int LEAST_ROWS = 5;

    static Levels of(Column.Categories column, int[] rows) {
        int[] count = new int[column.values().size()];
        boolean gaps = false;
        for (int row : rows)
            if (column.codes()[row] < 0) gaps = true;
            else count[column.codes()[row]]++;
        int least = Math.max(LEAST_ROWS, rows.length / 2000);
        int[] frequent = new int[count.length];
        int size = 0;
        boolean rest = false;
        for (int code = 0; code < count.length; code++)
            if (count[code] >= least) frequent[size++] = code;
            else if (count[code] > 0) rest = true;
        int[] kept = Arrays.copyOf(frequent, size);
        if (size > MOST) {
            rest = true;
            Indices.sort(
                    kept,
                    0,
                    size,
                    (one, other) -> count[one] != count[other]
                            ? Integer.compare(count[other], count[one])
                            : column.values().get(one).compareTo(column.values().get(other)));
            kept = Arrays.copyOf(kept, MOST);
        }
        var names = Arrays.stream(kept).mapToObj(column.values()::get).sorted().toList();
        var place = new HashMap<String, Integer>();
        for (var name : names) place.put(name, place.size());
        return new Levels(place, rest, gaps);
    }

    /** Number of different things a row can be. */
    int size() {
        return place.size() + (rest ? 1 : 0) + (gaps ? 1 : 0);
    }

    /** For each category of a column what it is: a place, that of the rest, or −1 when nothing like it was seen. */
    int[] places(Column.Categories column) {
        int[] places = new int[column.values().size()];
        for (int code = 0; code < places.length; code++)
            places[code] = place.getOrDefault(column.values().get(code), rest ? place.size() : -1);
        return places;
    }

    /** The place of a gap; −1 when none was seen. */
    int gap() {
        return gaps ? size() - 1 : -1;
    }
}
