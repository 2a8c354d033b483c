package io.rekindle.models.value;

import io.rekindle.models.numeric.Indices;
import java.util.Arrays;

/**
 * The different (x, t_x, T) triples of a data set with their counts: the likelihood's sufficient statistics. A hash table
 * of primitives finds them in one pass; they are then sorted, so that sums do not depend on the order of the rows.
 */
final class Triples {
    final int[] frequency;
    final double[] recency;
    final double[] age;
    final double[] weight;
    final int rows;
    final long repeatPurchases;
    final double meanAge;
    /** The different frequencies, ascending, and for each triple the place of its own among them. */
    final int[] frequencies;

    final int[] frequencyPlace;
    final double[] frequencyWeight;
    /** For each row of the data the place of its triple. */
    final int[] place;

    private Triples(int[] frequency, double[] recency, double[] age, double[] weight, int[] place) {
        this.frequency = frequency;
        this.recency = recency;
        this.age = age;
        this.weight = weight;
        this.place = place;
        this.rows = place.length;
        this.frequencies = Arrays.stream(frequency).distinct().toArray();
        this.frequencyPlace = new int[frequency.length];
        this.frequencyWeight = new double[frequencies.length];
        long repeats = 0;
        double ages = 0;
        int at = 0;
        for (int i = 0; i < frequency.length; i++) {
            if (frequency[i] != frequencies[at]) at++;
            frequencyPlace[i] = at;
            frequencyWeight[at] += weight[i];
            repeats += (long) (weight[i] * frequency[i]);
            ages += weight[i] * age[i];
        }
        this.repeatPurchases = repeats;
        this.meanAge = rows == 0 ? 0 : ages / rows;
    }

    int size() {
        return frequency.length;
    }

    /** What holds for a customer depends on the triple alone: worked out once for each, given to every row. */
    double[] forEveryRow(OfTriple value) {
        double[] once = new double[size()];
        for (int i = 0; i < once.length; i++) once[i] = value.at(frequency[i], recency[i], age[i]);
        double[] all = new double[rows];
        for (int i = 0; i < rows; i++) all[i] = once[place[i]];
        return all;
    }

    /** A number that belongs to a triple. */
    interface OfTriple {
        double at(int frequency, double recency, double age);
    }

    static Triples of(RecencyFrequency data) {
        int n = data.size();
        int capacity = Integer.highestOneBit(Math.max(8, n)) * 4;
        int[] table = new int[capacity];
        int[] count = new int[n];
        int[] first = new int[n];
        int[] group = new int[n];
        int distinct = 0;
        for (int i = 0; i < n; i++) {
            int slot = hash(data, i) & (capacity - 1);
            while (table[slot] != 0 && !same(data, first[table[slot] - 1], i)) slot = (slot + 1) & (capacity - 1);
            if (table[slot] == 0) {
                first[distinct++] = i;
                table[slot] = distinct;
            }
            group[i] = table[slot] - 1;
            count[group[i]]++;
        }
        int[] order = Indices.sorted(distinct, (one, other) -> {
            int i = first[one];
            int j = first[other];
            int byFrequency = Integer.compare(data.frequency(i), data.frequency(j));
            if (byFrequency != 0) return byFrequency;
            int byAge = Double.compare(data.age(i), data.age(j));
            return byAge != 0 ? byAge : Double.compare(data.recency(i), data.recency(j));
        });
        int[] frequency = new int[distinct];
        double[] recency = new double[distinct];
        double[] age = new double[distinct];
        double[] weight = new double[distinct];
        int[] rank = new int[distinct];
        for (int k = 0; k < distinct; k++) {
            int row = first[order[k]];
            rank[order[k]] = k;
            frequency[k] = data.frequency(row);
            recency[k] = data.recency(row);
            age[k] = data.age(row);
            weight[k] = count[order[k]];
        }
        for (int i = 0; i < n; i++) group[i] = rank[group[i]];
        return new Triples(frequency, recency, age, weight, group);
    }

    private static int hash(RecencyFrequency data, int row) {
        long mixed = data.frequency(row) * 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ Double.doubleToLongBits(data.recency(row))) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 29) ^ Double.doubleToLongBits(data.age(row))) * 0x94D049BB133111EBL;
        return (int) (mixed ^ (mixed >>> 32));
    }

    private static boolean same(RecencyFrequency data, int one, int other) {
        return data.frequency(one) == data.frequency(other)
                && data.recency(one) == data.recency(other)
                && data.age(one) == data.age(other);
    }
}
