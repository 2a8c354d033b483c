package io.rekindle.models.linkage;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/**
 * People drawn at random, some of them recorded again with errors.
 *
 * @param truth by record, the person
 */
record People(List<Column> columns, List<String> truth) {
    private static final String SYLLABLES =
            "ba be bi bo bu ka ke ki la le li lo ma me mi mo na ne no ra re ri ro sa se ta te ti va ve";

    static People drawn(int persons, double again, double errors, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<String> given = words(random, 120, 2);
        List<String> surnames = words(random, 800, 3);
        List<String> streets = words(random, 600, 3);
        List<String[]> records = new ArrayList<>();
        List<String> truth = new ArrayList<>();
        for (int p = 0; p < persons; p++) {
            String[] person = {
                common(given, random),
                common(surnames, random),
                "%d-%02d-%02d".formatted(1930 + random.nextInt(75), 1 + random.nextInt(12), 1 + random.nextInt(28)),
                common(streets, random) + " street " + (1 + random.nextInt(80)),
                "0%d".formatted(400_000_000 + random.nextInt(99_999_999))
            };
            records.add(person);
            truth.add("p" + p);
            while (random.nextDouble() < again) {
                String[] copy = person.clone();
                for (int c = 0; c < copy.length; c++)
                    if (random.nextDouble() < errors)
                        copy[c] = random.nextDouble() < .2 ? "" : misspelled(copy[c], random);
                if (random.nextDouble() < errors / 2) {
                    String name = copy[0];
                    copy[0] = copy[1];
                    copy[1] = name;
                }
                records.add(copy);
                truth.add("p" + p);
            }
        }
        int[] order = new int[records.size()];
        List<Integer> shuffled = new ArrayList<>();
        for (int i = 0; i < order.length; i++) shuffled.add(i);
        Collections.shuffle(shuffled, new java.util.Random(seed));
        List<Column> columns = new ArrayList<>();
        List<String> names = List.of("given_name", "surname", "birthday", "address", "phone");
        List<Kind> kinds = List.of(Kind.GIVEN_NAME, Kind.SURNAME, Kind.DATE, Kind.WORDS, Kind.PHONE);
        for (int c = 0; c < names.size(); c++) {
            int column = c;
            columns.add(new Column(
                    names.get(c),
                    kinds.get(c),
                    shuffled.stream().map(i -> records.get(i)[column]).toList()));
        }
        return new People(columns, shuffled.stream().map(truth::get).toList());
    }

    People inOrder(List<Integer> order) {
        return new People(
                columns.stream()
                        .map(column -> new Column(
                                column.name(),
                                column.kind(),
                                order.stream().map(column.values()::get).toList()))
                        .toList(),
                order.stream().map(truth::get).toList());
    }

    int size() {
        return truth.size();
    }

    private static List<String> words(SplittableRandom random, int count, int length) {
        String[] syllables = SYLLABLES.split(" ", -1);
        List<String> words = new ArrayList<>();
        while (words.size() < count) {
            StringBuilder word = new StringBuilder();
            for (int i = 0; i < length; i++) word.append(syllables[random.nextInt(syllables.length)]);
            if (!words.contains(word.toString())) words.add(word.toString());
        }
        return words;
    }

    /** Some words are far commoner than others. */
    private static String common(List<String> words, SplittableRandom random) {
        double u = random.nextDouble();
        return words.get((int) (u * u * words.size()));
    }

    private static String misspelled(String text, SplittableRandom random) {
        if (text.length() < 2) return text;
        StringBuilder out = new StringBuilder(text);
        int at = random.nextInt(text.length() - 1);
        char fresh = Character.isDigit(text.charAt(at))
                ? (char) ('0' + random.nextInt(10))
                : (char) ('a' + random.nextInt(26));
        switch (random.nextInt(4)) {
            case 0 -> out.setCharAt(at, fresh);
            case 1 -> out.deleteCharAt(at);
            case 2 -> out.insert(at, fresh);
            default -> {
                out.setCharAt(at, text.charAt(at + 1));
                out.setCharAt(at + 1, text.charAt(at));
            }
        }
        return out.toString();
    }
}
