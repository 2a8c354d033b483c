package io.rekindle.models.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.models.table.Column.Kind;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableTest {
    @Test
    void columnsAreWhatAllTheirValuesAre() {
        var table = read(
                "amount,joined,plan,zip,mixed\n12.5,2026-01-05,gold,01234,7\n,2026-02-01,,04567,x\n-3e2,NA,basic,10115,\n");
        assertThat(table.columns())
                .extracting(Column::kind)
                .containsExactly(Kind.NUMBER, Kind.DATE, Kind.CATEGORY, Kind.CATEGORY, Kind.CATEGORY);
        var amount = (Column.Numbers) table.column("amount").orElseThrow();
        assertThat(amount.values()).containsExactly(12.5, Double.NaN, -300);
        assertThat(table.column("joined").orElseThrow().text(1)).isEqualTo("2026-02-01");
        assertThat(table.column("joined").orElseThrow().missing()).isEqualTo(1);
        assertThat(table.column("plan").orElseThrow().isMissing(1)).isTrue();
        assertThat(table.column("zip").orElseThrow().text(0)).isEqualTo("01234");
    }

    @Test
    void aFewUnreadableNumbersBecomeGapsAndAreReported() {
        var builder = builder("n");
        for (int i = 0; i < 300; i++) builder.add(0, i == 40 || i == 250 ? "unknown" : "" + i);
        var table = builder.build();
        assertThat(table.columns().getFirst().kind()).isEqualTo(Kind.NUMBER);
        assertThat(table.columns().getFirst().missing()).isEqualTo(2);
        assertThat(builder.unreadable()).containsExactly(new TableBuilder.Unreadable("n", Kind.NUMBER, 2, "unknown"));
        assertThat(builder.doubtful()).isEmpty();
        // Infinite is a number, and a gap.
        var infinite = builder("n");
        for (int i = 0; i < 300; i++) infinite.add(0, i % 50 == 0 ? "Infinity" : i % 50 == 1 ? "-inf" : "" + i % 40);
        assertThat(infinite.build().columns().getFirst().kind()).isEqualTo(Kind.NUMBER);
        assertThat(infinite.unreadable())
                .containsExactly(new TableBuilder.Unreadable("n", Kind.NUMBER, 12, "Infinity"));
    }

    /** As categories, values that are nearly all different would say nothing, and the column would be left out. */
    @Test
    void upToOneInTenIsAGapWhereMostValuesStandThereOnce() {
        var numbers = builder("n", "day");
        for (int i = 0; i < 300; i++) {
            numbers.add(0, i % 50 == 0 ? "unknown" : "" + i);
            numbers.add(1, i % 15 == 0 ? "later" : LocalDate.EPOCH.plusDays(i).toString());
        }
        assertThat(numbers.build().columns()).extracting(Column::kind).containsExactly(Kind.NUMBER, Kind.DATE);
        assertThat(numbers.unreadable())
                .containsExactly(
                        new TableBuilder.Unreadable("n", Kind.NUMBER, 6, "unknown"),
                        new TableBuilder.Unreadable("day", Kind.DATE, 20, "later"));
        var names = builder("n");
        for (int i = 0; i < 300; i++) names.add(0, i % 9 == 0 ? "A" + i : "" + i);
        assertThat(names.build().columns().getFirst().kind()).isEqualTo(Kind.CATEGORY);
    }

    /** Codes that repeat stay names, and numbers with a decimal comma too; both are told. */
    @Test
    void namesThatAreAllButNumbersAreReported() {
        var builder = builder("code", "price", "few");
        for (int i = 0; i < 300; i++) {
            builder.add(0, i % 15 == 0 ? "V27" : "" + (400 + i % 50));
            builder.add(1, i / 100 + "," + i % 100);
            builder.add(2, i % 9 == 0 ? "V" + i : "" + i % 7);
        }
        assertThat(builder.build().columns())
                .extracting(Column::kind)
                .containsExactly(Kind.CATEGORY, Kind.CATEGORY, Kind.CATEGORY);
        assertThat(builder.doubtful())
                .containsExactly(
                        new TableBuilder.Doubtful("code", Kind.NUMBER, 280, 300, "V27", false),
                        new TableBuilder.Doubtful("price", Kind.NUMBER, 300, 300, "0,0", true));
        assertThat(builder.unreadable()).isEmpty();
    }

    /** The same text is one number with a decimal point, another with a decimal comma, or none. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1.234 | 1.234 | 1234",
                "1,5 | NaN | 1.5",
                "-1.234.567,5 | NaN | -1234567.5",
                "1.5 | 1.5 | NaN",
                ",5 | NaN | .5",
                "12 345,6 | NaN | 12345.6",
                "1.2345,6 | NaN | NaN",
                "3e2 | 300 | 300",
                "1d | NaN | NaN",
                "0x1p3 | NaN | NaN",
                "- | NaN | NaN"
            })
    void aNumberIsReadInTheFormThatIsNamed(String text, double point, double comma) {
        assertThat(NumberForm.POINT.read(text)).isEqualTo(Double.valueOf(point));
        assertThat(NumberForm.COMMA.read(text)).isEqualTo(Double.valueOf(comma));
    }

    @Test
    void columnsWithADecimalCommaAreNumbersWhereThatIsSaid() {
        var builder = new TableBuilder(List.of("price", "points"), TableTest::day, NumberForm.COMMA);
        for (int i = 0; i < 300; i++) {
            builder.add(0, "1." + (100 + i) + "," + i % 10);
            builder.add(1, i + ".5");
        }
        var table = builder.build();
        assertThat(((Column.Numbers) table.columns().getFirst()).values()[7]).isEqualTo(1107.7);
        assertThat(builder.doubtful())
                .containsExactly(new TableBuilder.Doubtful("points", Kind.NUMBER, 300, 300, "0.5", true));
    }

    @Test
    void aMillionDifferentNamesOrNumbersAreRead() {
        var names = builder("name");
        for (int i = 0; i < 1_000_000; i++) names.add(0, "customer-" + i);
        assertThat(((Column.Categories) names.build().columns().getFirst()).values())
                .hasSize(1_000_000);
        var numbers = builder("number", "late");
        for (int i = 0; i < 200_000; i++) {
            numbers.add(0, Double.toString(i / 7.0));
            numbers.add(1, i < 199_990 ? Integer.toString(i) : "none");
        }
        var table = numbers.build();
        assertThat(((Column.Numbers) table.columns().get(0)).values()[199_999]).isEqualTo(199_999 / 7.0);
        assertThat(((Column.Numbers) table.columns().get(1)).values()[150_000]).isEqualTo(150_000);
        assertThat(numbers.unreadable()).containsExactly(new TableBuilder.Unreadable("late", Kind.NUMBER, 10, "none"));
    }

    @Test
    void rowsToScoreAreReadAsTheTrainingsColumns() {
        var table = read("n,d,c\n1,2026-01-05,7x\n");
        var builder = TableBuilder.like(table, TableTest::day);
        for (var row : List.of("abc,soon,8", "2,2026-03-01,7x")) {
            var cells = row.split(",");
            for (int i = 0; i < 3; i++) builder.add(i, cells[i]);
        }
        var scored = builder.build();
        assertThat(scored.columns()).extracting(Column::kind).containsExactly(Kind.NUMBER, Kind.DATE, Kind.CATEGORY);
        assertThat(scored.columns().get(0).isMissing(0)).isTrue();
        assertThat(builder.unreadable()).hasSize(2);
    }

    @Test
    void aColumnSaidToBeOfNamesIsNotReadAsNumbers() {
        var builder = builder("code").as("code", Kind.CATEGORY);
        builder.add(0, "1");
        assertThat(builder.build().columns().getFirst().kind()).isEqualTo(Kind.CATEGORY);
        assertThatThrownBy(() -> builder("code").as("other", Kind.NUMBER)).hasMessageContaining("no column other");
    }

    @Test
    void anEmptyColumnIsAColumnOfGaps() {
        var builder = builder("nothing");
        builder.add(0, " ");
        builder.add(0, null);
        assertThat(builder.build().columns().getFirst().missing()).isEqualTo(2);
    }

    /** Neither the order of rows, nor of columns, nor of the categories' codes. */
    @Test
    void fingerprintsDependOnValuesAlone() {
        var random = new SplittableRandom(3);
        int n = 200;
        double[] numbers = random.doubles(n).map(x -> Math.floor(x * 9)).toArray();
        var names = IntStream.range(0, n).mapToObj(i -> "c" + random.nextInt(5)).toList();
        int[] order = IntStream.range(0, n).map(i -> n - 1 - i).toArray();
        var table = Table.of(List.of(new Column.Numbers("x", numbers), categories("y", names)));
        var turned = Table.of(List.of(
                categories("y", IntStream.of(order).mapToObj(names::get).toList()),
                new Column.Numbers(
                        "x", Arrays.stream(order).mapToDouble(i -> numbers[i]).toArray())));
        long[] prints = table.fingerprints(5);
        long[] turnedPrints = turned.fingerprints(5);
        for (int i = 0; i < n; i++) assertThat(turnedPrints[i]).isEqualTo(prints[order[i]]);
        for (int i = 0; i < n; i++)
            for (int j = 0; j < i; j++)
                assertThat(prints[i] == prints[j])
                        .isEqualTo(numbers[i] == numbers[j] && names.get(i).equals(names.get(j)));
        assertThat(table.fingerprints(6)).isNotEqualTo(prints);
    }

    private static Column categories(String name, List<String> values) {
        var distinct = values.stream().distinct().toList();
        return new Column.Categories(
                name, distinct, values.stream().mapToInt(distinct::indexOf).toArray());
    }

    private static TableBuilder builder(String... names) {
        return new TableBuilder(List.of(names), TableTest::day);
    }

    private static Table read(String csv) {
        var lines = csv.lines().toList();
        var builder = builder(lines.getFirst().split(","));
        for (var line : lines.subList(1, lines.size())) {
            var cells = line.split(",", -1);
            for (int i = 0; i < cells.length; i++) builder.add(i, cells[i]);
        }
        return builder.build();
    }

    private static OptionalLong day(String text) {
        try {
            return OptionalLong.of(LocalDate.parse(text).atStartOfDay().toEpochSecond(ZoneOffset.UTC));
        } catch (DateTimeException e) {
            return OptionalLong.empty();
        }
    }
}
