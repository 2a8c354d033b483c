package io.rekindle.app.analyze;

import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A column of names, each name kept once.
 *
 * @param names the different names, in the order of their first row
 * @param codes for each row the place of its name; −1 where the row has none
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
record Keys(List<String> names, int[] codes) {
    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,15}(\\.\\d{1,15})?");

    /** The same with the names sorted, as numbers where all are: codes do not hang on the order of the rows. */
    Keys sorted() {
        boolean numbers = names.stream().allMatch(name -> NUMBER.matcher(name).matches());
        Comparator<String> byName = Comparator.naturalOrder();
        int[] order = IntStream.range(0, names.size())
                .boxed()
                .sorted(Comparator.comparing(
                        names::get,
                        numbers
                                ? Comparator.<String>comparingDouble(Double::parseDouble)
                                        .thenComparing(byName)
                                : byName))
                .mapToInt(place -> place)
                .toArray();
        int[] rank = new int[order.length];
        for (int k = 0; k < order.length; k++) rank[order[k]] = k;
        return new Keys(
                IntStream.of(order).mapToObj(names::get).toList(),
                IntStream.of(codes).map(code -> code < 0 ? code : rank[code]).toArray());
    }

    /** The name of a row; empty where it has none. */
    String name(int row) {
        return codes[row] < 0 ? "" : names.get(codes[row]);
    }

    /** Whether a row has a name. */
    boolean has(int row) {
        return codes[row] >= 0;
    }
}
