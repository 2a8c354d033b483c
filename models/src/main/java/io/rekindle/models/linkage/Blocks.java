package io.rekindle.models.linkage;

import io.rekindle.models.numeric.Indices;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the pairs worth comparing, by keys it chooses itself.
 *
 * <p>What: a key is a part of a value, such as the first letters of a surname, or two parts of different columns together;
 * records with equal keys are compared. Every part and every two of them are candidates, each with its cost, the number of
 * pairs it brings (counted, not guessed). Of all pairs keys would bring, only those can be afforded that cost little.
 *
 * <p>How: a first set is the loosest keys that cost a few pairs a record, of as many different columns as possible. On its pairs
 * the weights are learnt; the pairs of one person found that way tell which share of them each candidate key would catch.
 * The final set is chosen greedily, by catch for cost, until hardly a found pair is caught by fewer than three keys: a pair that
 * is spelled differently in one column should be caught by the others. A block of very many records (an empty-looking default)
 * is left to the other keys.
 *
 * <p>What was missed is estimated from how often pairs were caught: with f₁ pairs of one person caught by exactly one key and f₂ by
 * exactly two, at least f₁² / (2 f₂) were caught by none (Chao, Scandinavian Journal of Statistics 1984, made for counting
 * animals by traps of unequal strength). Papadakis et al., "Blocking and filtering techniques for entity resolution" (ACM
 * Computing Surveys 2020) for the field.
 *
 * <p>Complexity: candidate keys × records for the choice, then the pairs.
 */
final class Blocks {
    private static final int MOST_PARTS = 40;
    private static final int LARGEST_BLOCK = 300;
    private static final int TAUGHT = 5_000;
    private static final double[] GAIN = {1, .5, .25};
    private static final double ENOUGH = 5e-4;

    private final Table table;
    private final List<Part> parts = new ArrayList<>();
    private final List<Long> partPairs = new ArrayList<>();
    private final int perRecord;

    /**
     * A part of a value.
     *
     * @param field it belongs to
     * @param hashes by record; 0 where it has none
     */
    @SuppressWarnings("ArrayRecordComponent") // internal, never compared
    private record Part(String name, int field, long[] hashes) {}

    /**
     * One part, or two of different columns.
     *
     * @param second −1 for none
     * @param pairs it brings
     * @param crowded hashes of blocks that are too large, ascending
     */
    @SuppressWarnings("ArrayRecordComponent") // internal, never compared
    private record Key(int first, int second, long pairs, long[] crowded) {}

    /**
     * @param times by pair, how many keys it shares
     */
    @SuppressWarnings("ArrayRecordComponent") // internal, never compared
    record Candidates(int[] first, int[] second, byte[] times) {}

    @SuppressWarnings("ArrayRecordComponent") // internal, never compared
    record Found(Pairs pairs, byte[] times, Estimation.Fitted fitted, List<Blocking.Key> keys, int crowded) {}

    private Blocks(Table table, int perRecord) {
        this.table = table;
        this.perRecord = perRecord;
    }

    static Found find(Table table, Function<Pairs, Estimation.Fitted> judge, int perRecord, Consumer<String> told) {
        Blocks blocks = new Blocks(table, perRecord);
        blocks.readParts();
        List<Key> keys = blocks.keys();
        if (keys.isEmpty())
            throw new IllegalArgumentException(
                    "no column or pair of columns tells the %,d records apart well enough to find pairs worth comparing"
                            .formatted(table.size()));
        told.accept("%,d ways to find pairs".formatted(keys.size()));
        Candidates pilot = blocks.candidates(blocks.pilot(keys));
        Pairs pilotPairs = Pairs.compared(table, pilot.first, pilot.second);
        Estimation.Fitted learnt = judge.apply(pilotPairs);
        List<Key> chosen = blocks.choose(keys, pilotPairs, learnt.logOdds());
        Candidates candidates = blocks.candidates(chosen);
        told.accept("%d keys, %,d pairs".formatted(chosen.size(), candidates.first.length));
        Pairs pairs = Pairs.compared(table, candidates.first, candidates.second);
        Estimation.Fitted fitted = judge.apply(pairs);
        return new Found(
                pairs,
                candidates.times,
                fitted,
                blocks.described(chosen, pairs, fitted.logOdds()),
                blocks.crowded(chosen));
    }

    /** Records half of whose keys or more lead into blocks that are too large. */
    private int crowded(List<Key> keys) {
        return (int) IntStream.range(0, table.size())
                .parallel()
                .filter(i -> {
                    int large = 0;
                    int all = 0;
                    for (Key key : keys) {
                        long hash = hash(key, i);
                        if (hash == 0) continue;
                        all++;
                        if (Arrays.binarySearch(key.crowded, hash) >= 0) large++;
                    }
                    return large > 0 && 2 * large >= all;
                })
                .count();
    }

    /** Pairs drawn evenly from all. */
    static Pairs sample(Table table, int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] first = new int[count];
        int[] second = new int[count];
        for (int k = 0; k < count; k++) {
            if (table.isOneFile()) {
                int a = random.nextInt(table.size());
                int b = random.nextInt(table.size() - 1);
                if (b >= a) b++;
                first[k] = Math.min(a, b);
                second[k] = Math.max(a, b);
            } else {
                first[k] = random.nextInt(table.left());
                second[k] = table.left() + random.nextInt(table.size() - table.left());
            }
        }
        return Pairs.compared(table, first, second);
    }

    private void readParts() {
        List<Part> all = new ArrayList<>();
        for (int f = 0; f < table.fields().size(); f++) parts(table.fields().get(f), f, all);
        if (table.hasSwappableNames()) {
            Part given = all.stream()
                    .filter(part -> part.field == table.given())
                    .findFirst()
                    .orElseThrow();
            Part surname = all.stream()
                    .filter(part -> part.field == table.surname())
                    .findFirst()
                    .orElseThrow();
            long[] either = new long[table.size()];
            for (int i = 0; i < either.length; i++)
                if (given.hashes[i] != 0 && surname.hashes[i] != 0)
                    either[i] = mixed(
                            Math.min(given.hashes[i], surname.hashes[i]), Math.max(given.hashes[i], surname.hashes[i]));
            all.add(new Part("both names in either order", -1, either));
        }
        // The parts that tell most apart, where there are very many.
        Key[] costs = new Key[all.size()];
        IntStream.range(0, costs.length).parallel().forEach(p -> costs[p] = counted(p, -1, all.get(p).hashes, true));
        int[] order = Indices.sorted(costs.length, (a, b) -> Long.compare(costs[a].pairs, costs[b].pairs));
        for (int p : order)
            if (parts.size() < MOST_PARTS && costs[p].pairs < .4 * table.pairs()) {
                parts.add(all.get(p));
                partPairs.add(costs[p].pairs);
            }
    }

    private static <V extends Value> void parts(Field<V> field, int number, List<Part> into) {
        List<String> names = field.comparer().keyNames();
        long[][] byValue = new long[names.size()][field.values().size()];
        for (int v = 0; v < field.values().size(); v++) {
            @Nullable String[] keys = field.comparer().keys(field.values().get(v));
            for (int k = 0; k < keys.length; k++) {
                String key = keys[k];
                if (key != null && !key.isEmpty()) byValue[k][v] = hash(key);
            }
        }
        for (int k = 0; k < names.size(); k++) {
            long[] hashes = new long[field.codes().length];
            for (int i = 0; i < hashes.length; i++) hashes[i] = field.codes()[i] < 0 ? 0 : byValue[k][field.codes()[i]];
            into.add(new Part(
                    names.get(k).isEmpty() ? field.name() : names.get(k) + " of " + field.name(), number, hashes));
        }
    }

    private static long hash(String text) {
        long hash = 0x9E3779B97F4A7C15L;
        for (int i = 0; i < text.length(); i++) hash = mixed(hash, text.charAt(i));
        return hash == 0 ? 1 : hash;
    }

    private static long mixed(long a, long b) {
        long x = a * 0x9E3779B97F4A7C15L + b;
        x = (x ^ (x >>> 32)) * 0xD6E8FEB86659FD93L;
        x = (x ^ (x >>> 29)) * 0xD6E8FEB86659FD93L;
        return x ^ (x >>> 32);
    }

    private long hash(Key key, int record) {
        long first = parts.get(key.first).hashes[record];
        if (first == 0 || key.second < 0) return first;
        long second = parts.get(key.second).hashes[record];
        return second == 0 ? 0 : mixed(first, second);
    }

    /** Every part and every two of different columns that can be afforded, cheapest first. */
    private List<Key> keys() {
        List<int[]> candidates = new ArrayList<>();
        for (int a = 0; a < parts.size(); a++) {
            candidates.add(new int[] {a, -1});
            // With one that brings few pairs by itself nothing is gained by another.
            for (int b = a + 1; b < parts.size() && !isCheap(a); b++) {
                if (isCheap(b)) continue;
                boolean names = (parts.get(a).field < 0 && isName(parts.get(b).field))
                        || (parts.get(b).field < 0 && isName(parts.get(a).field));
                if (parts.get(a).field != parts.get(b).field && !names) candidates.add(new int[] {a, b});
            }
        }
        Key[] counted = new Key[candidates.size()];
        IntStream.range(0, counted.length).parallel().forEach(c -> {
            int a = candidates.get(c)[0];
            int b = candidates.get(c)[1];
            long[] hashes = parts.get(a).hashes;
            if (b >= 0) {
                long[] both = new long[hashes.length];
                long[] second = parts.get(b).hashes;
                for (int i = 0; i < both.length; i++)
                    if (hashes[i] != 0 && second[i] != 0) both[i] = mixed(hashes[i], second[i]);
                hashes = both;
            }
            counted[c] = counted(a, b, hashes, false);
        });
        double most = Math.max(2, perRecord / 4.0) * table.size();
        return Arrays.stream(counted)
                .filter(key -> key.pairs > 0 && key.pairs <= most)
                .sorted((a, b) -> a.pairs != b.pairs
                        ? Long.compare(a.pairs, b.pairs)
                        : a.first != b.first ? Integer.compare(a.first, b.first) : Integer.compare(a.second, b.second))
                .toList();
    }

    private boolean isCheap(int part) {
        return partPairs.get(part) <= table.size();
    }

    private boolean isName(int field) {
        return field == table.given() || field == table.surname();
    }

    /** Counts the pairs a key brings. */
    private Key counted(int first, int second, long[] hashes, boolean crowdsToo) {
        int bits = 64 - Long.numberOfLeadingZeros(Math.max(16, hashes.length * 2L) - 1);
        int mask = (1 << bits) - 1;
        long[] seen = new long[1 << bits];
        int[] left = new int[1 << bits];
        int[] right = table.isOneFile() ? left : new int[1 << bits];
        for (int i = 0; i < hashes.length; i++) {
            long hash = hashes[i];
            if (hash == 0) continue;
            int at = (int) (hash >>> 20) & mask;
            while (seen[at] != 0 && seen[at] != hash) at = (at + 1) & mask;
            seen[at] = hash;
            if (i < table.left()) left[at]++;
            else right[at]++;
        }
        long pairs = 0;
        long[] crowded = new long[0];
        for (int at = 0; at < seen.length; at++) {
            if (seen[at] == 0) continue;
            long brings = table.isOneFile() ? left[at] * (left[at] - 1L) / 2 : (long) left[at] * right[at];
            if (!crowdsToo && brings > LARGEST_BLOCK * (LARGEST_BLOCK - 1L) / 2) {
                crowded = Arrays.copyOf(crowded, crowded.length + 1);
                crowded[crowded.length - 1] = seen[at];
            } else pairs += brings;
        }
        Arrays.sort(crowded);
        return new Key(first, second, pairs, crowded);
    }

    /** The loosest that can be afforded, of as many different columns as possible. */
    private List<Key> pilot(List<Key> keys) {
        List<Key> chosen = new ArrayList<>();
        int[] used = new int[table.fields().size() + 1];
        double left = perRecord / 2.0 * table.size();
        double most = Math.max(1, perRecord / 13.0) * table.size();
        for (int uses = 1; uses <= 4; uses++)
            for (int k = keys.size() - 1; k >= 0; k--) {
                Key key = keys.get(k);
                if (key.pairs > most || key.pairs > left || chosen.contains(key)) continue;
                int first = parts.get(key.first).field + 1;
                int second = key.second < 0 ? first : parts.get(key.second).field + 1;
                if (used[first] >= uses || used[second] >= uses) continue;
                used[first]++;
                if (second != first) used[second]++;
                left -= key.pairs;
                chosen.add(key);
            }
        // Where no key is cheap, the cheapest.
        if (chosen.isEmpty()) chosen.add(keys.getFirst());
        return chosen;
    }

    private List<Key> choose(List<Key> keys, Pairs pairs, double[] logOdds) {
        int[] likely =
                IntStream.range(0, logOdds.length).filter(k -> logOdds[k] > 0).toArray();
        int every = 1 + likely.length / TAUGHT;
        int[] taught = IntStream.range(0, (likely.length + every - 1) / every)
                .map(t -> likely[t * every])
                .toArray();
        List<Key> chosen = new ArrayList<>();
        if (taught.length == 0) return pilot(keys);
        boolean[][] caught = new boolean[keys.size()][];
        IntStream.range(0, caught.length).parallel().forEach(k -> {
            caught[k] = new boolean[taught.length];
            for (int t = 0; t < taught.length; t++)
                caught[k][t] = catches(keys.get(k), pairs.first()[taught[t]], pairs.second()[taught[t]]);
        });
        int[] times = new int[taught.length];
        double left = (double) perRecord * table.size();
        boolean[] taken = new boolean[keys.size()];
        while (true) {
            int best = -1;
            double most = 0;
            double bestGain = 0;
            for (int k = 0; k < caught.length; k++) {
                if (taken[k] || keys.get(k).pairs > left) continue;
                double gain = 0;
                for (int t = 0; t < times.length; t++)
                    if (caught[k][t] && times[t] < GAIN.length) gain += GAIN[times[t]];
                double worth = gain / (keys.get(k).pairs + .3 * table.size());
                if (worth > most) {
                    most = worth;
                    best = k;
                    bestGain = gain;
                }
            }
            if (best < 0 || bestGain < ENOUGH * times.length) break;
            taken[best] = true;
            left -= keys.get(best).pairs;
            for (int t = 0; t < times.length; t++) if (caught[best][t]) times[t]++;
            chosen.add(keys.get(best));
        }
        return chosen;
    }

    private boolean catches(Key key, int i, int j) {
        long hash = hash(key, i);
        return hash != 0
                && hash == hash(key, j)
                && (key.crowded.length == 0 || Arrays.binarySearch(key.crowded, hash) < 0);
    }

    /** All pairs the keys bring, each once, ascending. */
    private Candidates candidates(List<Key> keys) {
        int bits = 64 - Long.numberOfLeadingZeros(Math.max(1, table.size() - 1));
        long low = (1L << bits) - 1;
        long total = 0;
        for (Key key : keys) total += key.pairs;
        if (total > Integer.MAX_VALUE - 16)
            throw new IllegalArgumentException("%,d pairs to compare; allow fewer pairs a record".formatted(total));
        long[] pairs = new long[(int) total];
        int count = 0;
        for (Key key : keys) {
            long[] sorted = new long[table.size()];
            int filled = 0;
            for (int i = 0; i < table.size(); i++) {
                long hash = hash(key, i);
                if (hash != 0 && (key.crowded.length == 0 || Arrays.binarySearch(key.crowded, hash) < 0))
                    sorted[filled++] = (hash & ~low) | i;
            }
            Arrays.parallelSort(sorted, 0, filled);
            for (int from = 0, to; from < filled; from = to) {
                to = from + 1;
                while (to < filled && (sorted[from] & ~low) == (sorted[to] & ~low)) to++;
                for (int a = from; a < to; a++)
                    for (int b = a + 1; b < to; b++) {
                        int i = (int) (sorted[a] & low);
                        int j = (int) (sorted[b] & low);
                        if (!table.isPair(i, j)) continue;
                        if (count == pairs.length) pairs = Arrays.copyOf(pairs, count + count / 2 + 16);
                        pairs[count++] = ((long) Math.min(i, j) << 32) | Math.max(i, j);
                    }
            }
        }
        Arrays.parallelSort(pairs, 0, count);
        int different = 0;
        for (int k = 0; k < count; k++) if (k == 0 || pairs[k] != pairs[k - 1]) different++;
        int[] first = new int[different];
        int[] second = new int[different];
        byte[] times = new byte[different];
        int at = -1;
        for (int k = 0; k < count; k++) {
            if (k == 0 || pairs[k] != pairs[k - 1]) {
                first[++at] = (int) (pairs[k] >>> 32);
                second[at] = (int) pairs[k];
            }
            times[at]++;
        }
        return new Candidates(first, second, times);
    }

    private List<Blocking.Key> described(List<Key> keys, Pairs pairs, double[] logOdds) {
        double[] caught = new double[keys.size()];
        double all = 0;
        for (int k = 0; k < pairs.size(); k++) {
            if (logOdds[k] < 0) continue;
            all++;
            for (int c = 0; c < caught.length; c++)
                if (catches(keys.get(c), pairs.first()[k], pairs.second()[k])) caught[c]++;
        }
        List<Blocking.Key> described = new ArrayList<>();
        for (int c = 0; c < caught.length; c++) {
            Key key = keys.get(c);
            described.add(new Blocking.Key(
                    parts.get(key.first).name + (key.second < 0 ? "" : " + " + parts.get(key.second).name),
                    key.pairs,
                    all == 0 ? 0 : caught[c] / all));
        }
        return described;
    }

    /** Share of the pairs of one person that were caught, by how often each was. */
    static double recall(byte[] times, double[] logOdds) {
        double once = 0;
        double twice = 0;
        double all = 0;
        for (int k = 0; k < times.length; k++) {
            double p = 1 / (1 + Math.exp(-logOdds[k]));
            all += p;
            if (times[k] == 1) once += p;
            else if (times[k] == 2) twice += p;
        }
        // Chao's form that holds without a pair caught twice.
        double missed = once * Math.max(0, once - 1) / (2 * (twice + 1));
        return all == 0 ? 1 : all / (all + missed);
    }
}
