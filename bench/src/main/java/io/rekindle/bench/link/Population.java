package io.rekindle.bench.link;

import io.rekindle.models.linkage.Column;
import io.rekindle.models.linkage.Columns;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * People as FEBRL's generator makes them: an original record each, and for some of them duplicates with typing errors, missing
 * values, swapped names and values of somebody else. Names and places are made of syllables and as unevenly spread as real ones.
 *
 * @param truth by record, the person
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
record Population(List<Column> columns, int[] truth) {
    private static final List<String> NAMES = List.of(
            "given_name",
            "surname",
            "street_number",
            "address_1",
            "address_2",
            "suburb",
            "postcode",
            "state",
            "date_of_birth",
            "soc_sec_id");
    private static final int GIVEN = 0;
    private static final int SURNAME = 1;
    private static final int FIELDS = 10;
    private static final int MOST_DUPLICATES = 5;
    private static final String[] STATES = {"nsw", "vic", "qld", "wa", "sa", "tas", "act", "nt"};
    private static final double[] STATE_SHARES = {.35, .6, .79, .89, .96, .98, .99, 1};
    private static final String[] STREETS = {
        "street", "place", "crescent", "road", "avenue", "court", "circuit", "drive"
    };

    /**
     * @param people different persons
     * @param duplicates further records of them
     */
    static Population simulated(int people, int duplicates, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        String[] givens = words(random, 1_500, 2);
        String[] surnames = words(random, 12_000, 3);
        String[] streets = words(random, 6_000, 3);
        String[] places = words(random, 4_000, 4);
        String[] suburbs = words(random, 2_500, 3);
        int size = people + duplicates;
        String[][] records = new String[size][];
        int[] truth = new int[size];
        for (int i = 0; i < people; i++) {
            int suburb = rank(random, suburbs.length);
            records[i] = new String[] {
                givens[rank(random, givens.length)],
                surnames[rank(random, surnames.length)],
                random.nextDouble() < .03 ? "" : Integer.toString(1 + (int) Math.pow(random.nextDouble() * 17, 2)),
                streets[rank(random, streets.length)] + " " + STREETS[random.nextInt(STREETS.length)],
                random.nextDouble() < .12 ? "" : places[rank(random, places.length)],
                suburbs[suburb],
                Integer.toString(2000 + suburb * 3 + random.nextInt(3)),
                state(random),
                "%04d%02d%02d".formatted(1900 + random.nextInt(100), 1 + random.nextInt(12), 1 + random.nextInt(28)),
                Integer.toString(1_000_000 + random.nextInt(9_000_000))
            };
            truth[i] = i;
        }
        int[] copies = new int[people];
        for (int i = people; i < size; ) {
            int of = random.nextInt(people);
            int more = Math.min(
                    Math.min(1 + (int) (random.nextDouble() * random.nextDouble() * 4), size - i),
                    MOST_DUPLICATES - copies[of]);
            copies[of] += Math.max(0, more);
            for (int k = 0; k < more; k++) {
                records[i] = damaged(records[of], records[random.nextInt(people)], random);
                truth[i++] = of;
            }
        }
        int[] order = new int[size];
        Arrays.setAll(order, i -> i);
        for (int i = size - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int kept = order[i];
            order[i] = order[j];
            order[j] = kept;
        }
        List<List<String>> values = new ArrayList<>();
        for (int f = 0; f < FIELDS; f++) {
            int field = f;
            values.add(Arrays.stream(order).mapToObj(i -> records[i][field]).toList());
        }
        return new Population(
                Columns.detect(NAMES, values),
                Arrays.stream(order).map(i -> truth[i]).toArray());
    }

    /** Unevenly: the first of a thousand are met a hundred times as often as the last. */
    private static int rank(SplittableRandom random, int count) {
        return (int) Math.min(count - 1, Math.pow(count + 1.0, random.nextDouble()) - 1 + random.nextInt(8));
    }

    private static String state(SplittableRandom random) {
        double u = random.nextDouble();
        int i = 0;
        while (u > STATE_SHARES[i]) i++;
        return STATES[i];
    }

    private static String[] words(SplittableRandom random, int count, int syllables) {
        String consonants = "bcdfghklmnprstvwz";
        String vowels = "aeiou";
        String[] words = new String[count];
        for (int w = 0; w < count; w++) {
            StringBuilder word = new StringBuilder();
            for (int s = 0; s < syllables; s++) {
                word.append(consonants.charAt(random.nextInt(consonants.length())));
                word.append(vowels.charAt(random.nextInt(vowels.length())));
                if (random.nextInt(3) == 0) word.append("lnrst".charAt(random.nextInt(5)));
            }
            words[w] = word.toString();
        }
        return words;
    }

    /** One to five changes, at most two in a field. */
    private static String[] damaged(String[] record, String[] somebody, SplittableRandom random) {
        String[] copy = record.clone();
        int[] changes = new int[FIELDS];
        if (random.nextInt(12) == 0) {
            copy[GIVEN] = record[SURNAME];
            copy[SURNAME] = record[GIVEN];
        }
        for (int left = 1 + random.nextInt(5); left > 0; left--) {
            int field = random.nextInt(FIELDS);
            if (changes[field]++ >= 2) continue;
            double kind = random.nextDouble();
            if (kind < .12) copy[field] = "";
            else if (kind < .2) copy[field] = somebody[field];
            else copy[field] = mistyped(copy[field], random);
        }
        return copy;
    }

    private static String mistyped(String text, SplittableRandom random) {
        if (text.length() < 2) return text;
        StringBuilder out = new StringBuilder(text);
        int at = random.nextInt(text.length() - 1);
        char fresh = Character.isDigit(text.charAt(at))
                ? (char) ('0' + random.nextInt(10))
                : (char) ('a' + random.nextInt(26));
        switch (random.nextInt(5)) {
            case 0 -> out.setCharAt(at, fresh);
            case 1 -> out.deleteCharAt(at);
            case 2 -> out.insert(at, fresh);
            case 3 -> out.insert(at, ' ');
            default -> {
                out.setCharAt(at, text.charAt(at + 1));
                out.setCharAt(at + 1, text.charAt(at));
            }
        }
        return out.toString();
    }

    /**
     * How well groups meet the truth, over pairs of records: twice the right pairs by the linked and the real.
     */
    double f1(int[] clusters) {
        long linked = pairs(clusters);
        long real = pairs(truth);
        long[] both = new long[clusters.length];
        for (int i = 0; i < both.length; i++) both[i] = ((long) clusters[i] << 32) | truth[i];
        Arrays.sort(both);
        long right = 0;
        for (int from = 0, to; from < both.length; from = to) {
            to = from + 1;
            while (to < both.length && both[to] == both[from]) to++;
            right += (to - from) * (to - from - 1L) / 2;
        }
        return 2.0 * right / (linked + real);
    }

    private static long pairs(int[] groups) {
        int[] sizes = new int[Arrays.stream(groups).max().orElse(0) + 1];
        for (int group : groups) sizes[group]++;
        return Arrays.stream(sizes).mapToLong(size -> size * (size - 1L) / 2).sum();
    }
}
