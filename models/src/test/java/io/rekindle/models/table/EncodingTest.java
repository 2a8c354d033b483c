package io.rekindle.models.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EncodingTest {
    private static final Table SMALL = Table.of(List.of(
            new Column.Numbers("n", new double[] {1, 2, 3, Double.NaN, 1e9, 2, 3, 1, 2, 3}),
            new Column.Categories("c", List.of("a", "b"), new int[] {0, 0, 0, 0, 0, 1, 1, 1, 1, 1}),
            new Column.Dates(
                    "d", IntStream.range(0, 10).mapToLong(i -> 86_400L * 60 * i).toArray())));

    @Test
    void whatIsLearntComesOfTheRowsFittedOnAlone() {
        int[] some = {0, 1, 2, 5, 6, 7};
        var touched = Table.of(List.of(
                new Column.Numbers("n", new double[] {1, 2, 3, 77, -5e9, 2, 3, 1, Double.NaN, 88}),
                new Column.Categories("c", List.of("a", "b", "z"), new int[] {0, 0, 0, 2, 2, 1, 1, 1, 2, 2}),
                new Column.Dates(
                        "d",
                        IntStream.range(0, 10)
                                .mapToLong(i -> i == 4 ? 1 : 86_400L * 60 * i)
                                .toArray())));
        for (boolean bends : new boolean[] {false, true})
            assertThat(LinearEncoding.fit(touched, some, bends).encode(SMALL, some))
                    .isEqualTo(LinearEncoding.fit(SMALL, some, bends).encode(SMALL, some));
        assertThat(TreeEncoding.fit(touched, some).encode(SMALL, some))
                .isEqualTo(TreeEncoding.fit(SMALL, some).encode(SMALL, some));
    }

    @Test
    void gapsUnseenCategoriesAndAbsurdNumbersDoNoHarm() {
        int[] rows = {0, 1, 2, 5, 6, 7};
        var encoding = LinearEncoding.fit(SMALL, rows, true);
        var odd = Table.of(List.of(
                new Column.Numbers("n", new double[] {Double.NaN, -1e300}),
                new Column.Categories("c", List.of("never seen"), new int[] {0, -1}),
                new Column.Dates("d", new long[] {Column.Dates.NONE, Long.MAX_VALUE / 2})));
        double[] encoded = encoding.encode(odd, new int[] {0, 1});
        assertThat(encoded).hasSize(2 * encoding.width());
        assertThat(Arrays.stream(encoded).allMatch(v -> Math.abs(v) < 100)).isTrue();
        assertThat(TreeEncoding.fit(SMALL, rows).encode(odd, new int[] {0, 1})[0])
                .isNaN();
        assertThatThrownBy(() -> encoding.encode(odd.without(List.of("n")), new int[] {0}))
                .hasMessage("the table lacks the column n");
    }

    @Test
    void aMillionDifferentCategoriesBecomeAFewFeatures() {
        int n = 1_000_000;
        var names = IntStream.range(0, n).mapToObj(Integer::toString).toList();
        int[] codes = IntStream.range(0, n).map(i -> i < n / 2 ? i % 100 : i).toArray();
        var table = Table.of(List.of(new Column.Categories("who", names, codes)));
        int[] rows = IntStream.range(0, n).toArray();
        // The fifty most frequent, and the rest.
        assertThat(LinearEncoding.fit(table, rows, true).width()).isEqualTo(51);
        assertThat(TreeEncoding.fit(table, rows).width()).isEqualTo(51);
    }

    @Test
    void columnsThatSayNothingAreLeftOutWithTheReason() {
        int n = 100;
        var table = Table.of(List.of(
                new Column.Numbers(
                        "useful", IntStream.range(0, n).mapToDouble(i -> i % 9).toArray()),
                new Column.Numbers(
                        "number_of_row",
                        IntStream.range(0, n).mapToDouble(i -> 1000 + i).toArray()),
                new Column.Numbers("same", new double[n]),
                new Column.Categories(
                        "mail",
                        IntStream.range(0, n).mapToObj(i -> "m" + i).toList(),
                        IntStream.range(0, n).toArray()),
                new Column.Categories(
                        "empty", List.of(), IntStream.range(0, n).map(i -> -1).toArray())));
        var screening = Screening.of(table);
        assertThat(screening.kept().columns()).extracting(Column::name).containsExactly("useful");
        assertThat(screening.remarks())
                .extracting(Remark::code)
                .containsExactly("column_identifier", "column_constant", "column_identifier", "column_empty");
    }
}
