package io.rekindle.models.text;

import java.util.Arrays;

/** Numbers features in the order they come, without boxing. */
final class FeatureIndex {
    private long[] keys = new long[1 << 12];
    private int[] numbers = new int[1 << 12];
    private int size;

    FeatureIndex() {
        Arrays.fill(numbers, -1);
    }

    /** The feature's number; a new one gets the next. */
    int add(long feature) {
        int place = place(feature);
        if (numbers[place] >= 0) return numbers[place];
        keys[place] = feature;
        numbers[place] = size;
        if (++size > keys.length / 2) grow();
        return size - 1;
    }

    /** The feature's number; -1 when it has none. */
    int find(long feature) {
        return numbers[place(feature)];
    }

    int size() {
        return size;
    }

    private int place(long feature) {
        int mask = keys.length - 1;
        int place = (int) feature & mask;
        while (numbers[place] >= 0 && keys[place] != feature) place = place + 1 & mask;
        return place;
    }

    private void grow() {
        long[] oldKeys = keys;
        int[] oldNumbers = numbers;
        keys = new long[oldKeys.length * 2];
        numbers = new int[oldKeys.length * 2];
        Arrays.fill(numbers, -1);
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldNumbers[i] < 0) continue;
            int place = place(oldKeys[i]);
            keys[place] = oldKeys[i];
            numbers[place] = oldNumbers[i];
        }
    }
}
