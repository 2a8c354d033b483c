package io.rekindle.models.linkage;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A linkage model as text. Lines of words between tabs, in this order:
 *
 * <pre>
 * rekindle-linkage  2                     the form's version
 * prior    λ                              probability that any two records are one person's
 * column   KIND  name  [month-first|CN]   for each column, in order (of phones the region, where known), followed by
 * same     m …                            probability of each level for one person's records
 * other    u …                            the same for two persons'
 * unseen   x                              added to the weight of "same" for a value of one person or none
 * value    hash  x                        the same for each value of more persons, by ascending hash
 * order                                   where there are given names and surnames, followed by same and other
 * end
 * </pre>
 *
 * Numbers are the shortest that read as the same double, so that nothing changes on the way. A hash is the first 64 bits of the
 * SHA-256 of the value as compared. Version 1 compared phones otherwise. In names a tab, a line break and a backslash are written {@code \t}, {@code \n}, {@code \\}.
 */
final class ModelText {
    private static final String FORM = "rekindle-linkage";
    private static final String VERSION = "2";
    private static final String MONTH_FIRST = "month-first";

    private final String[] lines;
    private int at;

    private ModelText(String text) {
        lines = text.split("\r?\n", -1);
    }

    static long hash(String value) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(value.getBytes(StandardCharsets.UTF_8));
            long first = 0;
            for (int i = 0; i < 8; i++) first = first << 8 | (hash[i] & 0xff);
            return first;
        } catch (NoSuchAlgorithmException never) {
            throw new IllegalStateException("every Java has SHA-256", never);
        }
    }

    static String write(Scorer scorer, double[][] m, double[][] u, double prior) {
        Table table = scorer.table();
        StringBuilder out = new StringBuilder();
        line(out, FORM, VERSION);
        line(out, "prior", Double.toString(prior));
        List<Map<Long, Double>> common = scorer.commonValues();
        for (int f = 0; f < table.fields().size(); f++) {
            Field<?> field = table.fields().get(f);
            String reading = field.comparer() instanceof Comparer.Days days && days.isMonthFirst()
                    ? MONTH_FIRST
                    : field.comparer() instanceof Comparer.Phones phones ? phones.region() : null;
            if (reading != null) line(out, "column", field.kind().name(), escaped(field.name()), reading);
            else line(out, "column", field.kind().name(), escaped(field.name()));
            levels(out, m[f], u[f]);
            line(out, "unseen", Double.toString(scorer.unseen()[f]));
            new TreeMap<>(common.get(f))
                    .forEach((hash, x) -> line(out, "value", HexFormat.of().toHexDigits(hash), Double.toString(x)));
        }
        if (table.hasSwappableNames()) {
            line(out, "order");
            levels(out, m[table.fields().size()], u[table.fields().size()]);
        }
        line(out, "end");
        return out.toString();
    }

    private static void levels(StringBuilder out, double[] same, double[] other) {
        line(out, "same", numbers(same));
        line(out, "other", numbers(other));
    }

    private static String numbers(double[] numbers) {
        return String.join(
                "\t", Arrays.stream(numbers).mapToObj(Double::toString).toList());
    }

    private static void line(StringBuilder out, String... words) {
        out.append(String.join("\t", words)).append('\n');
    }

    private static String escaped(String name) {
        return name.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n");
    }

    private static String unescaped(String name) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '\\' && i + 1 < name.length()) {
                char next = name.charAt(++i);
                out.append(next == 't' ? '\t' : next == 'n' ? '\n' : next);
            } else out.append(c);
        }
        return out.toString();
    }

    static LinkageModel read(String text) {
        return new ModelText(text).model();
    }

    private LinkageModel model() {
        String[] head = words(FORM);
        if (head.length != 2 || !head[1].equals(VERSION))
            throw fault("version %s is not known, only %s is".formatted(head.length < 2 ? "" : head[1], VERSION));
        double lambda = numbers("prior", 1)[0];
        if (!(lambda > 0 && lambda < 1)) throw fault("a prior of %s; it lies between 0 and 1".formatted(lambda));
        List<Field<?>> fields = new ArrayList<>();
        List<double[]> same = new ArrayList<>();
        List<double[]> other = new ArrayList<>();
        List<Double> unseen = new ArrayList<>();
        List<Map<Long, Double>> common = new ArrayList<>();
        while (isNext("column")) {
            Field<?> field = column();
            fields.add(field);
            int levels = field.comparer().levels().size();
            same.add(shares("same", levels));
            other.add(shares("other", levels));
            unseen.add(numbers("unseen", 1)[0]);
            common.add(values());
        }
        if (fields.isEmpty()) throw fault("there is no column");
        Table table = Table.empty(fields);
        if (table.hasSwappableNames()) {
            words("order");
            same.add(shares("same", 2));
            other.add(shares("other", 2));
        }
        words("end");
        double[][] m = same.toArray(double[][]::new);
        double[][] u = other.toArray(double[][]::new);
        double[][] weights = new double[m.length][];
        for (int c = 0; c < m.length; c++) {
            weights[c] = new double[m[c].length];
            for (int l = 0; l < weights[c].length; l++) weights[c][l] = Math.log(m[c][l] / u[c][l]);
        }
        Scorer scorer = new Scorer(
                table,
                Math.log(lambda) - Math.log1p(-lambda),
                weights,
                new double[fields.size()][0],
                unseen.stream().mapToDouble(Double::doubleValue).toArray(),
                List.copyOf(common));
        return new LinkageModel(scorer, m, u, lambda);
    }

    private Field<?> column() {
        String[] words = words("column");
        if (words.length < 3 || words.length > 4) throw fault("a column has a kind and a name");
        Kind kind = null;
        for (Kind one : Kind.values()) if (one.name().equals(words[1])) kind = one;
        if (kind == null) throw fault("there is no kind " + words[1]);
        String reading = words.length == 4 ? words[3] : null;
        Comparer<?> comparer = switch (kind) {
            case DATE -> new Comparer.Days(reading != null && reading.equals(MONTH_FIRST));
            case PHONE -> new Comparer.Phones(reading == null ? null : region(reading));
            case GIVEN_NAME, SURNAME, FULL_NAME, EMAIL, WORDS, CODE, CATEGORY -> Comparer.of(kind, List.of(), null);
        };
        return Field.empty(unescaped(words[2]), kind, comparer);
    }

    private String region(String word) {
        try {
            return PhoneNumbers.region(word);
        } catch (IllegalArgumentException unknown) {
            throw fault(String.valueOf(unknown.getMessage()));
        }
    }

    private Map<Long, Double> values() {
        Map<Long, Double> values = new HashMap<>();
        while (isNext("value")) {
            String[] words = words("value");
            if (words.length != 3) throw fault("a value has a hash and a number");
            try {
                values.put(HexFormat.fromHexDigitsToLong(words[1]), number(words[2]));
            } catch (IllegalArgumentException wrong) {
                throw fault("'%s' is no hash with a number".formatted(words[1]));
            }
        }
        return Map.copyOf(values);
    }

    private double[] shares(String name, int count) {
        double[] shares = numbers(name, count);
        for (double share : shares)
            if (!(share > 0 && share <= 1)) throw fault("a share of %s; it lies above 0 and up to 1".formatted(share));
        return shares;
    }

    private double[] numbers(String name, int count) {
        String[] words = words(name);
        if (words.length != count + 1)
            throw fault("%s has %d numbers; there must be %d".formatted(name, words.length - 1, count));
        double[] numbers = new double[count];
        for (int i = 0; i < count; i++) numbers[i] = number(words[i + 1]);
        return numbers;
    }

    private double number(String word) {
        try {
            double number = Double.parseDouble(word);
            if (Double.isFinite(number)) return number;
        } catch (NumberFormatException wrong) {
            throw fault("'%s' is no number".formatted(word));
        }
        throw fault("'%s' is no finite number".formatted(word));
    }

    private boolean isNext(String name) {
        return at < lines.length && (lines[at].equals(name) || lines[at].startsWith(name + "\t"));
    }

    private String[] words(String name) {
        if (!isNext(name)) {
            at++;
            throw fault("'%s' is wanted here; is it a model that was saved whole?".formatted(name));
        }
        return lines[at++].split("\t", -1);
    }

    private IllegalArgumentException fault(String what) {
        return new IllegalArgumentException("line %d of the linkage model: %s".formatted(Math.max(1, at), what));
    }
}
