package io.rekindle.models.linkage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.models.linkage.Linkage.Settings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinkageModelTest {
    /** 400 persons: all pairs are looked at; 1,200: pairs are found by keys. */
    @ParameterizedTest
    @ValueSource(ints = {400, 1200})
    void aModelThatWasKeptGivesTheVerySameProbabilities(int persons) {
        var people = People.drawn(persons, .4, .3, 21);
        var learnt = Linkage.within(people.columns(), Settings.USUAL);
        var text = learnt.model().toText();
        var kept = LinkageModel.parse(text);
        assertThat(kept.toText()).isEqualTo(text);
        assertThat(kept.columns()).isEqualTo(learnt.model().columns());
        assertThat(kept.fields()).isEqualTo(learnt.model().fields());
        var again = Linkage.within(people.columns(), Settings.USUAL, kept, step -> {});
        assertThat(learnt.matches()).isNotEmpty();
        // Keys are chosen by what is known already, so a pair or two may be found by one and not by the other.
        var before = probabilities(learnt);
        var after = probabilities(again);
        int first = before.size();
        before.keySet().retainAll(after.keySet());
        after.keySet().retainAll(before.keySet());
        assertThat(after).isEqualTo(before);
        assertThat((double) before.size()).isGreaterThan(.98 * first);
        assertThat(again.model().toText()).isEqualTo(text);
        for (int i = 0; i + 1 < 200; i++)
            for (int j : new int[] {i + 1, people.size() - 1 - i})
                assertThat(kept.compare(record(people, i), record(people, j)))
                        .isEqualTo(learnt.model().compare(record(people, i), record(people, j)));
    }

    private static Map<List<Integer>, Double> probabilities(Linkage linkage) {
        var all = new HashMap<List<Integer>, Double>();
        for (var match : linkage.matches()) all.put(List.of(match.left(), match.right()), match.probability());
        return all;
    }

    private static List<String> record(People people, int row) {
        return people.columns().stream().map(column -> column.values().get(row)).toList();
    }

    @Test
    void peopleNeverSeenAreFoundWithoutLearningAnew() {
        var model =
                LinkageModel.parse(Linkage.within(People.drawn(450, .4, .3, 22).columns(), Settings.USUAL)
                        .model()
                        .toText());
        var others = People.drawn(450, .4, .3, 23);
        var linkage = Linkage.within(others.columns(), Settings.USUAL, model, step -> {});
        assertThat(PublicPeople.quality(linkage.clusters(), others.truth()).f1())
                .isGreaterThan(.95);
        int half = others.size() / 2;
        var between = Linkage.between(
                part(others.columns(), 0, half),
                part(others.columns(), half, others.size()),
                Settings.USUAL,
                model,
                step -> {});
        assertThat(between.matches()).isNotEmpty();
    }

    private static List<Column> part(List<Column> columns, int from, int to) {
        return columns.stream()
                .map(column ->
                        new Column(column.name(), column.kind(), column.values().subList(from, to)))
                .toList();
    }

    @Test
    void noValueStandsInTheTextAndThoseOfOnePersonNotEvenHashed() {
        var columns = List.of(
                new Column("surname", Kind.SURNAME, List.of("Li", "Li", "Wang", "Wang", "Quilliam", "Ng", "Li", "Wu")),
                new Column(
                        "birth\tday",
                        Kind.DATE,
                        List.of(
                                "03/14/1980",
                                "04/03/1971",
                                "12/30/1966",
                                "01/02/1955",
                                "07/08/1990",
                                "09/09/1949",
                                "02/27/1930",
                                "05/05/2001")));
        var model = Linkage.within(columns, Settings.USUAL).model();
        var text = model.toText();
        assertThat(text).doesNotContainIgnoringCase("wang").doesNotContainIgnoringCase("quilliam");
        assertThat(text.lines().filter(line -> line.startsWith("value"))).hasSize(2);
        assertThat(text).doesNotContain(hash("quilliam")).contains(hash("wang"));
        assertThat(text).contains("column\tDATE\tbirth\\tday\tmonth-first");
        assertThat(LinkageModel.parse(text).columns()).isEqualTo(model.columns());
    }

    private static String hash(String value) {
        return HexFormat.of().toHexDigits(ModelText.hash(value));
    }

    @Test
    void theRegionOfPhonesIsKept() {
        var written = People.drawn(200, .4, .3, 26).columns();
        var columns = new ArrayList<Column>();
        for (var column : written)
            columns.add(
                    column.kind() != Kind.PHONE
                            ? column
                            : new Column(
                                    column.name(),
                                    Kind.PHONE,
                                    IntStream.range(0, column.values().size())
                                            .mapToObj(row -> row % 2 == 0
                                                    ? column.values().get(row)
                                                    : column.values().get(row).replaceFirst("^0", "+61 "))
                                            .toList()));
        var told = Linkage.within(columns, new Settings(.5, 40, 1, "au"));
        assertThat(told.model().columns().getLast().region()).isEqualTo("AU");
        // The same people with every number in one form are linked the same.
        assertThat(Linkage.within(written, new Settings(.5, 40, 1, "AU")).matches())
                .isEqualTo(told.matches());
        var text = told.model().toText();
        assertThat(text).contains("column\tPHONE\tphone\tAU\n");
        var kept = LinkageModel.parse(text);
        assertThat(kept.columns()).isEqualTo(told.model().columns());
        var bare = List.of("", "", "", "", "0412345678");
        assertThat(kept.compare(bare, List.of("", "", "", "", "+61 412 345 678"))
                        .evidence()
                        .getFirst()
                        .level())
                .isEqualTo("same");
        assertThatThrownBy(() -> LinkageModel.parse(text.replace("\tAU\n", "\tXX\n")))
                .hasMessageContaining("line ")
                .hasMessageContaining("no phone region 'XX'");
        assertThatThrownBy(() -> new Settings(.5, 40, 1, "UK")).hasMessageContaining("no phone region 'UK'");
    }

    @Test
    void aTextThatIsNoModelIsRefusedWithItsLine() {
        var text = Linkage.within(People.drawn(60, .4, .3, 24).columns(), Settings.USUAL)
                .model()
                .toText();
        assertThatThrownBy(() -> LinkageModel.parse("")).hasMessageContaining("line 1");
        assertThatThrownBy(() -> LinkageModel.parse(text.replace("rekindle-linkage\t2", "rekindle-linkage\t9")))
                .hasMessageContaining("version 9 is not known");
        assertThatThrownBy(() -> LinkageModel.parse(text.substring(0, text.length() / 2)))
                .hasMessageContaining("line ");
        assertThatThrownBy(() -> LinkageModel.parse(text.replaceFirst("same\t[^\t]*", "same\tNaN")))
                .hasMessageContaining("line 4");
        assertThatThrownBy(() -> LinkageModel.parse(text.replace("SURNAME", "NAME")))
                .hasMessageContaining("no kind NAME");
        var people = new ArrayList<>(People.drawn(60, .4, .3, 25).columns());
        people.removeLast();
        assertThatThrownBy(() -> Linkage.within(people, Settings.USUAL, LinkageModel.parse(text), step -> {}))
                .hasMessageContaining("the model compares");
    }
}
