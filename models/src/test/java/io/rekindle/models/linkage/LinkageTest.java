package io.rekindle.models.linkage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.rekindle.models.linkage.Linkage.Match;
import io.rekindle.models.linkage.Linkage.Settings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinkageTest {
    /** 400 persons: all pairs are looked at; 1,200: pairs are found by keys. */
    @ParameterizedTest
    @ValueSource(ints = {400, 1200})
    void theOrderOfRowsNeverMatters(int persons) {
        People people = People.drawn(persons, .4, .25, 7);
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, people.size()).boxed().toList());
        Collections.shuffle(order, new Random(5));
        Linkage one = Linkage.within(people.columns(), Settings.USUAL);
        Linkage other = Linkage.within(people.inOrder(order).columns(), Settings.USUAL);
        Map<Set<Integer>, Double> before = new HashMap<>();
        for (Match match : one.matches()) before.put(Set.of(match.left(), match.right()), match.probability());
        Map<Set<Integer>, Double> after = new HashMap<>();
        for (Match match : other.matches())
            after.put(Set.of(order.get(match.left()), order.get(match.right())), match.probability());
        assertThat(after).isEqualTo(before).isNotEmpty();
        assertThat(other.model().prior()).isEqualTo(one.model().prior());
        assertThat(other.blocking()).isEqualTo(one.blocking());
    }

    @Test
    void theSameSeedGivesTheSameResult() {
        People people = People.drawn(1200, .4, .25, 8);
        Linkage one = Linkage.within(people.columns(), new Settings(.5, 40, 3));
        Linkage other = Linkage.within(people.columns(), new Settings(.5, 40, 3));
        assertThat(other.matches()).isEqualTo(one.matches());
        assertThat(other.clusters()).isEqualTo(one.clusters());
        assertThat(other.model().fields()).isEqualTo(one.model().fields());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void personsWithErrorsAreFoundAndWhatBlockingMissedIsEstimated(long seed) {
        People people = People.drawn(1500, .4, .35, seed);
        Linkage linkage = Linkage.within(people.columns(), Settings.USUAL);
        PublicPeople.Quality quality = PublicPeople.quality(linkage.clusters(), people.truth());
        assertThat(quality.precision()).isGreaterThan(.99);
        assertThat(quality.recall()).isGreaterThan(.97);
        assertThat(linkage.blocking().pairs()).isLessThan(41L * people.size());
    }

    /** Of what is said with probability p, the share p is true: the sum of probabilities is the number of true pairs. */
    @Test
    void probabilitiesSumToTheTrueCount() {
        People people = People.drawn(450, .4, .4, 4);
        Table table = Table.of(people.columns(), people.size(), null);
        Pairs pairs = Pairs.all(table);
        Estimation.Fitted fitted = Estimation.fit(table, pairs, Estimation.Levels.of(table, pairs));
        double expected = 0;
        double real = 0;
        for (int k = 0; k < pairs.size(); k++) {
            expected += 1 / (1 + Math.exp(-fitted.logOdds()[k]));
            if (people.truth()
                    .get(table.row(pairs.first()[k]))
                    .equals(people.truth().get(table.row(pairs.second()[k])))) real++;
        }
        assertThat(expected / real).isCloseTo(1, within(.03));
    }

    @Test
    void aRareNameInCommonSaysMoreThanACommonOne() {
        People people = People.drawn(450, .4, .25, 9);
        LinkageModel model = Linkage.within(people.columns(), Settings.USUAL).model();
        Map<String, Integer> counts = new HashMap<>();
        for (String surname : people.columns().get(1).values()) counts.merge(surname, 1, Integer::sum);
        String common =
                Collections.max(counts.entrySet(), Map.Entry.comparingByValue()).getKey();
        assertThat(bits(model, common)).isLessThan(bits(model, "zyxwvutsrq") - 3);
    }

    private static double bits(LinkageModel model, String surname) {
        List<String> record = List.of("", surname, "", "", "");
        return model.compare(record, record).evidence().stream()
                .filter(evidence -> evidence.field().equals("surname"))
                .findFirst()
                .orElseThrow()
                .bits();
    }

    @Test
    void evidenceAndPriorMakeTheProbability() {
        People people = People.drawn(450, .4, .3, 10);
        Linkage linkage = Linkage.within(people.columns(), Settings.USUAL);
        double prior = linkage.model().prior();
        for (Match match : linkage.matches()) {
            double bits = linkage.explain(match).evidence().stream()
                    .mapToDouble(LinkageModel.Evidence::bits)
                    .sum();
            double odds = prior / (1 - prior) * Math.pow(2, bits);
            assertThat(match.probability()).isCloseTo(odds / (1 + odds), within(1e-9));
        }
    }

    @Test
    void theModelJudgesRecordsAsTheLinkageDid() {
        People people = People.drawn(450, .4, .3, 11);
        Linkage linkage = Linkage.within(people.columns(), Settings.USUAL);
        for (Match match : linkage.matches()) {
            List<String> left = people.columns().stream()
                    .map(column -> column.values().get(match.left()))
                    .toList();
            List<String> right = people.columns().stream()
                    .map(column -> column.values().get(match.right()))
                    .toList();
            assertThat(linkage.model().compare(left, right).probability())
                    .isCloseTo(match.probability(), within(1e-12));
            assertThat(linkage.model().compare(right, left).probability())
                    .isCloseTo(match.probability(), within(1e-12));
        }
    }

    @Test
    void namesInTheWrongFieldsAreRecognised() {
        People people = People.drawn(450, .4, .3, 12);
        LinkageModel model = Linkage.within(people.columns(), Settings.USUAL).model();
        List<String> record = List.of("Ottokar", "Quilliam", "1980-02-03", "", "");
        List<String> swapped = List.of("Quilliam", "Ottokar", "1980-02-03", "", "");
        LinkageModel.Comparison comparison = model.compare(record, swapped);
        assertThat(comparison.probability()).isGreaterThan(.99);
        assertThat(comparison.evidence()).anySatisfy(evidence -> {
            assertThat(evidence.field()).isEqualTo("order of names");
            assertThat(evidence.level()).isEqualTo("swapped");
        });
    }

    /** Records that each differ a little from the one before: the ends have nothing in common. */
    @Test
    void aChainOfLikelyPairsIsNoPerson() {
        Table table = Table.of(
                List.of(new Column(
                        "code", Kind.CODE, List.of("aaaaaa", "aaaaab", "aaaabb", "aaabbb", "aabbbb", "abbbbb"))),
                6,
                null);
        double[][] weights = {{6, 4, -3, -9}};
        Scorer scorer = new Scorer(table, 0, weights, new double[1][6], new double[1]);
        Pairs pairs = Pairs.all(table);
        double[] odds = new double[pairs.size()];
        byte[] levels = new byte[1];
        for (int k = 0; k < odds.length; k++) odds[k] = scorer.logOdds(pairs.first()[k], pairs.second()[k], levels);
        int[] clusters = Clustering.of(scorer, pairs, odds, 0);
        assertThat(clusters).containsExactly(0, 0, 1, 1, 2, 2);
    }

    @Test
    void betweenTwoFilesNobodyHasTwoPartners() {
        People people = People.drawn(450, .6, .3, 13);
        int half = people.size() / 2;
        List<Column> left = part(people.columns(), 0, half);
        List<Column> right = part(people.columns(), half, people.size());
        Linkage linkage = Linkage.between(left, right, Settings.USUAL);
        Set<Integer> lefts = new HashSet<>();
        Set<Integer> rights = new HashSet<>();
        int wrong = 0;
        for (Match match : linkage.matches()) {
            assertThat(lefts.add(match.left())).isTrue();
            assertThat(rights.add(match.right())).isTrue();
            if (!people.truth().get(match.left()).equals(people.truth().get(half + match.right()))) wrong++;
        }
        assertThat(linkage.matches().size()).isGreaterThan(100);
        assertThat(wrong).isLessThan(5);
    }

    private static List<Column> part(List<Column> columns, int from, int to) {
        return columns.stream()
                .map(column ->
                        new Column(column.name(), column.kind(), column.values().subList(from, to)))
                .toList();
    }

    @Test
    void largeTablesBetweenTwoFilesAreFoundByKeys() {
        People people = People.drawn(1200, .6, .3, 14);
        int half = people.size() / 2;
        Linkage linkage = Linkage.between(
                part(people.columns(), 0, half), part(people.columns(), half, people.size()), Settings.USUAL);
        assertThat(linkage.blocking().keys()).isNotEmpty();
        assertThat(linkage.blocking().pairs()).isLessThan(41L * people.size());
        long right = linkage.matches().stream()
                .filter(match ->
                        people.truth().get(match.left()).equals(people.truth().get(half + match.right())))
                .count();
        assertThat((double) right / linkage.matches().size()).isGreaterThan(.98);
    }

    @Test
    void aColumnOfRowNumbersChangesLittle() {
        People people = People.drawn(450, .4, .3, 15);
        List<Column> columns = new ArrayList<>(people.columns());
        columns.add(new Column(
                "row",
                Kind.CODE,
                IntStream.range(0, people.size()).mapToObj(Integer::toString).toList()));
        PublicPeople.Quality quality =
                PublicPeople.quality(Linkage.within(columns, Settings.USUAL).clusters(), people.truth());
        assertThat(quality.f1()).isGreaterThan(.97);
    }

    @Test
    void recordsThatHaveNothingInCommonStayAlone() {
        List<String> names = IntStream.range(0, 50)
                .mapToObj(i -> "" + (char) ('a' + i % 26) + (char) ('a' + i * 7 % 26) + (char) ('a' + i * 11 % 26) + i)
                .toList();
        Linkage linkage = Linkage.within(List.of(new Column("code", Kind.CODE, names)), Settings.USUAL);
        assertThat(linkage.matches()).isEmpty();
        assertThat(linkage.clusters()).doesNotHaveDuplicates();
    }

    @Test
    void oneRecordAloneIsOnePerson() {
        Linkage linkage = Linkage.within(List.of(new Column("name", Kind.SURNAME, List.of("Li"))), Settings.USUAL);
        assertThat(linkage.matches()).isEmpty();
        assertThat(linkage.clusters()).containsExactly(0);
    }

    @Test
    void identicalRecordsWithoutAnyDifferenceAreStillJudged() {
        Linkage linkage = Linkage.within(
                List.of(new Column("name", Kind.SURNAME, Collections.nCopies(40, "Li"))), Settings.USUAL);
        assertThat(linkage.matches())
                .allSatisfy(match -> assertThat(match.probability()).isBetween(0.0, 1.0));
    }

    /** Somebody who is in the file 1,301 times, and 60 records that say nothing: the one is a person, the others are not. */
    @Test
    void whoIsInTheFileAThousandTimesIsOnePerson() {
        People people = People.drawn(800, .3, .3, 5);
        int size = people.size();
        List<Column> columns = new ArrayList<>();
        for (Column column : people.columns()) {
            List<String> values = new ArrayList<>(column.values());
            values.addAll(Collections.nCopies(1_300, column.values().get(17)));
            values.addAll(Collections.nCopies(60, ""));
            columns.add(new Column(column.name(), column.kind(), values));
        }
        Linkage linkage = Linkage.within(columns, Settings.USUAL);
        int[] clusters = linkage.clusters();
        for (int i = size; i < size + 1_300; i++) assertThat(clusters[i]).isEqualTo(clusters[17]);
        assertThat(Arrays.stream(clusters, size + 1_300, size + 1_360).distinct())
                .hasSize(60);
        long largest = Arrays.stream(clusters).filter(c -> c == clusters[17]).count();
        assertThat(linkage.matches().stream().filter(match -> clusters[match.left()] == clusters[17]))
                .hasSize((int) (largest * (largest - 1) / 2));
        assertThat(linkage.model().fields()).isNotEmpty();
        assertThat(linkage.explain(new Linkage.Match(size + 700, size + 1_000, 1))
                        .evidence())
                .isNotEmpty();
        // The others are found as they are without the crowd.
        PublicPeople.Quality quality = PublicPeople.quality(Arrays.copyOf(clusters, size), people.truth());
        assertThat(quality.precision()).isGreaterThan(.99);
        assertThat(quality.recall()).isGreaterThan(.97);
    }

    /** As many who differ in one column only: they are not compared by keys, and that is said. */
    @Test
    void recordsThatCrowdEveryKeyAreCounted() {
        People people = People.drawn(1_500, .3, .3, 6);
        List<Column> columns = new ArrayList<>();
        for (Column column : people.columns()) {
            List<String> values = new ArrayList<>(column.values());
            values.addAll(Collections.nCopies(600, column.values().get(3)));
            columns.add(new Column(column.name(), column.kind(), values));
        }
        List<String> notes = new ArrayList<>(Collections.nCopies(people.size(), ""));
        for (int i = 0; i < 600; i++) notes.add("note" + i * 7919 % 600);
        columns.add(new Column("note", Kind.CODE, notes));
        assertThat(Linkage.within(columns, Settings.USUAL).blocking().crowded()).isBetween(600, 660);
        assertThat(Linkage.within(people.columns(), Settings.USUAL).blocking().crowded())
                .isZero();
    }

    @Test
    void whatCannotBeLinkedIsRefusedInWords() {
        assertThatThrownBy(() -> Linkage.within(List.of(), Settings.USUAL)).hasMessageContaining("no column");
        assertThatThrownBy(() -> Linkage.within(List.of(new Column("a", Kind.CODE, List.of())), Settings.USUAL))
                .hasMessageContaining("no records");
        assertThatThrownBy(() -> Linkage.within(List.of(new Column("a", Kind.CODE, List.of("", " "))), Settings.USUAL))
                .hasMessageContaining("all columns are empty");
        assertThatThrownBy(() -> Linkage.within(
                        List.of(
                                new Column("a", Kind.CODE, List.of("1", "2")),
                                new Column("b", Kind.CODE, List.of("1"))),
                        Settings.USUAL))
                .hasMessageContaining("column a has 2 values, column b has 1");
        assertThatThrownBy(() -> Linkage.between(
                        List.of(new Column("a", Kind.CODE, List.of("1"))),
                        List.of(new Column("a", Kind.DATE, List.of("1"))),
                        Settings.USUAL))
                .hasMessageContaining("column a is a CODE");
        assertThatThrownBy(() -> new Settings(1, 40, 1)).hasMessageContaining("threshold of 1.0");
        assertThatThrownBy(() -> new Settings(.5, 0, 1)).hasMessageContaining("0 pairs for each record");
    }
}
