package io.rekindle.models.linkage;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A column made ready: each different value once, in order of the alphabet, so that nothing depends on the order of rows.
 *
 * @param name the column's
 * @param kind the column's
 * @param comparer of its values
 * @param values the different ones
 * @param codes by record the place of its value; −1 where nothing is known
 */
@SuppressWarnings("ArrayRecordComponent") // internal, never compared
record Field<V extends Value>(String name, Kind kind, Comparer<V> comparer, List<V> values, int[] codes) {
    static final byte MISSING = -1;

    /** Columns compared by one comparer share their values, so that a value of one can be met in another. */
    static <V extends Value> List<Field<?>> read(List<Column> columns, Comparer<V> comparer) {
        Map<String, V> texts = new ConcurrentHashMap<>();
        Set<String> different = new HashSet<>();
        for (Column column : columns) different.addAll(column.values());
        different.parallelStream().forEach(text -> {
            V value = text.isBlank() ? null : comparer.read(text);
            if (value != null) texts.put(text, value);
        });
        Map<String, V> known = new TreeMap<>();
        for (V value : texts.values()) known.putIfAbsent(value.text(), value);
        List<V> inOrder = List.copyOf(known.values());
        Map<String, Integer> places = HashMap.newHashMap(inOrder.size());
        for (V value : inOrder) places.put(value.text(), places.size());
        List<Field<?>> fields = new ArrayList<>();
        for (int c = 0; c < columns.size(); c++) {
            List<String> written = columns.get(c).values();
            int[] codes = new int[written.size()];
            for (int i = 0; i < codes.length; i++) {
                V value = texts.get(written.get(i));
                codes[i] = value == null ? -1 : places.getOrDefault(value.text(), -1);
            }
            fields.add(new Field<>(columns.get(c).name(), columns.get(c).kind(), comparer, inOrder, codes));
        }
        return fields;
    }

    /** A field of no records. */
    static <V extends Value> Field<V> empty(String name, Kind kind, Comparer<V> comparer) {
        return new Field<>(name, kind, comparer, List.of(), new int[0]);
    }

    /** The level of two values, by their places; the same whichever stands first. */
    byte level(int one, int other) {
        if (one < 0 || other < 0) return MISSING;
        if (one == other) return 0;
        return (byte) comparer.level(values.get(Math.min(one, other)), values.get(Math.max(one, other)));
    }

    /** Where a text stands among the values; negative where it does not. */
    int place(String text) {
        int low = 0;
        int high = values.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = values.get(middle).text().compareTo(text);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }
        return -1;
    }

    /** The same field with its records in another order. */
    Field<V> inOrder(int[] order) {
        int[] moved = new int[order.length];
        for (int i = 0; i < order.length; i++) moved[i] = codes[order[i]];
        return new Field<>(name, kind, comparer, values, moved);
    }
}
