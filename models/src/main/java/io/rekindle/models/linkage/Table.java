package io.rekindle.models.linkage;

import io.rekindle.models.numeric.Indices;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The records of one file or two, in an order of their own that depends on nothing but what they hold.
 *
 * <p>Given name and surname are compared as they stand or crosswise, whichever fits clearly better; whether they were swapped
 * is one more comparison, the last.
 */
final class Table {
    static final String ORDER = "order of names";
    private static final List<String> ORDERS = List.of("as they stand", "swapped");

    private final List<Field<?>> fields;
    private final int size;
    private final int left;
    private final int[] rows;
    private final int given;
    private final int surname;

    private Table(List<Field<?>> fields, int left, int[] rows, int given, int surname) {
        this.fields = fields;
        this.size = rows.length;
        this.left = left;
        this.rows = rows;
        this.given = given;
        this.surname = surname;
    }

    /**
     * @param left how many records are the first file's; all of them where there is one file
     * @param phoneRegion whose phones stand without a country; null where they are to tell
     */
    static Table of(List<Column> columns, int left, @Nullable String phoneRegion) {
        int given = place(columns, Kind.GIVEN_NAME);
        int surname = place(columns, Kind.SURNAME);
        List<Comparer<?>> comparers = new ArrayList<>();
        for (Column column : columns) comparers.add(Comparer.of(column.kind(), column.values(), phoneRegion));
        return of(columns, comparers, left, given, surname);
    }

    private static Table of(List<Column> columns, List<Comparer<?>> comparers, int left, int given, int surname) {
        List<Field<?>> read = new ArrayList<>();
        for (int c = 0; c < columns.size(); c++) read.addAll(Field.read(List.of(columns.get(c)), comparers.get(c)));
        if (given >= 0 && surname >= 0) {
            List<Field<?>> names = Field.read(List.of(columns.get(given), columns.get(surname)), comparers.get(given));
            read.set(given, names.getFirst());
            read.set(surname, names.getLast());
        }
        int size = columns.getFirst().values().size();
        int[] rows = Indices.sorted(size, (a, b) -> {
            if (a < left != b < left) return a < left ? -1 : 1;
            for (Field<?> field : read)
                if (field.codes()[a] != field.codes()[b]) return Integer.compare(field.codes()[a], field.codes()[b]);
            return 0;
        });
        List<Field<?>> ordered = new ArrayList<>();
        for (Field<?> field : read) ordered.add(field.inOrder(rows));
        return new Table(List.copyOf(ordered), left, rows, given, given < 0 ? -1 : surname);
    }

    /** A table of two other records with the same columns, each a file of its own, so that they keep their places. */
    Table with(List<String> first, List<String> second) {
        List<Column> columns = new ArrayList<>();
        for (int f = 0; f < fields.size(); f++)
            columns.add(new Column(fields.get(f).name(), fields.get(f).kind(), List.of(first.get(f), second.get(f))));
        return with(columns, 1);
    }

    /** A table of other records with the same columns, read as this one's were. */
    Table with(List<Column> columns, int left) {
        List<Comparer<?>> comparers = new ArrayList<>();
        for (Field<?> field : fields) comparers.add(field.comparer());
        return of(columns, comparers, left, given, surname);
    }

    /** A table of no records, to read others by. */
    static Table empty(List<Field<?>> fields) {
        int given = -1;
        int surname = -1;
        for (int f = fields.size() - 1; f >= 0; f--) {
            if (fields.get(f).kind() == Kind.GIVEN_NAME) given = f;
            if (fields.get(f).kind() == Kind.SURNAME) surname = f;
        }
        return new Table(List.copyOf(fields), 0, new int[0], given, given < 0 ? -1 : surname);
    }

    private static int place(List<Column> columns, Kind kind) {
        for (int i = 0; i < columns.size(); i++) if (columns.get(i).kind() == kind) return i;
        return -1;
    }

    int size() {
        return size;
    }

    /** How many of them are the first file's. */
    int left() {
        return left;
    }

    boolean isOneFile() {
        return left == size;
    }

    /** The caller's number of a record. */
    int row(int record) {
        return rows[record];
    }

    List<Field<?>> fields() {
        return fields;
    }

    boolean hasSwappableNames() {
        return surname >= 0;
    }

    int given() {
        return given;
    }

    int surname() {
        return surname;
    }

    /** Number of comparisons: one for each field, and the order of names. */
    int comparisons() {
        return fields.size() + (hasSwappableNames() ? 1 : 0);
    }

    List<String> levels(int comparison) {
        return comparison == fields.size()
                ? ORDERS
                : fields.get(comparison).comparer().levels();
    }

    String name(int comparison) {
        return comparison == fields.size() ? ORDER : fields.get(comparison).name();
    }

    /** Pairs of records there are to be judged. */
    double pairs() {
        return isOneFile() ? size * (size - 1.0) / 2 : (double) left * (size - left);
    }

    /** Whether two records are a pair to be judged: of one file any two, of two files one of each. */
    boolean isPair(int i, int j) {
        return isOneFile() ? i != j : i < left != j < left;
    }

    /** The levels of two records. */
    void compare(int i, int j, byte[] levels) {
        for (int f = 0; f < fields.size(); f++) {
            if (surname >= 0 && (f == given || f == surname)) continue;
            Field<?> field = fields.get(f);
            levels[f] = field.level(field.codes()[i], field.codes()[j]);
        }
        if (surname < 0) return;
        Field<?> names = fields.get(given);
        int givenI = names.codes()[i];
        int givenJ = names.codes()[j];
        int surnameI = fields.get(surname).codes()[i];
        int surnameJ = fields.get(surname).codes()[j];
        byte straightGiven = names.level(givenI, givenJ);
        byte straightSurname = names.level(surnameI, surnameJ);
        levels[given] = straightGiven;
        levels[surname] = straightSurname;
        double straight = worth(straightGiven) + worth(straightSurname);
        boolean told = straightGiven >= 0 || straightSurname >= 0;
        levels[fields.size()] = told ? 0 : Field.MISSING;
        if (straight >= 2) return;
        byte first = names.level(givenI, surnameJ);
        byte second = names.level(surnameI, givenJ);
        if (worth(first) + worth(second) > straight + 1) {
            boolean turned = isTurned(givenI, surnameJ, surnameI, givenJ);
            levels[given] = turned ? second : first;
            levels[surname] = turned ? first : second;
            levels[fields.size()] = 1;
        }
    }

    /** Which of the two crosswise comparisons goes for the given name must not depend on which record stands first. */
    private static boolean isTurned(int givenI, int surnameJ, int surnameI, int givenJ) {
        int first = Math.min(givenI, surnameJ);
        int second = Math.min(surnameI, givenJ);
        return first > second || (first == second && Math.max(givenI, surnameJ) > Math.max(surnameI, givenJ));
    }

    /** The value two records share in a field whose names are compared crosswise. */
    int sharedCrosswise(int field, int i, int j) {
        int[] givens = fields.get(given).codes();
        int[] surnames = fields.get(surname).codes();
        return isTurned(givens[i], surnames[j], surnames[i], givens[j]) == (field == given) ? surnames[i] : givens[i];
    }

    private static double worth(byte level) {
        return switch (level) {
            case 0 -> 3;
            case 1 -> 2;
            case 2 -> 1.5;
            default -> 0;
        };
    }
}
