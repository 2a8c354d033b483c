package io.rekindle.models.linkage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Public tables of people with known truth; nothing of the truth is used in linking. */
class PublicPeopleTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void febrlsPersonsAreFound(int number) {
        PublicPeople people = PublicPeople.febrl(number, true);
        Linkage linkage = Linkage.within(people.columns(), Linkage.Settings.USUAL);
        assertThat(people.quality(linkage.clusters()).f1()).isGreaterThanOrEqualTo(.99);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void febrlsPersonsAreFoundWithoutTheirSocialSecurityNumber(int number) {
        PublicPeople people = PublicPeople.febrl(number, false);
        Linkage linkage = Linkage.within(people.columns(), Linkage.Settings.USUAL);
        assertThat(people.quality(linkage.clusters()).f1()).isGreaterThanOrEqualTo(.98);
        assertThat(linkage.blocking().estimatedRecall()).isCloseTo(recall(people, linkage), within(.01));
    }

    /** Pairs of one person among the linked; with precision near 1 the blocking cannot have missed more. */
    private static double recall(PublicPeople people, Linkage linkage) {
        return people.quality(linkage.clusters()).recall();
    }

    @Test
    void rlDatasPersonsAreFound() {
        PublicPeople people = PublicPeople.rlData();
        Linkage linkage = Linkage.within(people.columns(), Linkage.Settings.USUAL);
        assertThat(people.quality(linkage.clusters()).f1()).isGreaterThanOrEqualTo(.97);
    }

    @Test
    void splinksMadeUpPersonsAreFound() {
        PublicPeople people = PublicPeople.fake();
        Linkage linkage = Linkage.within(people.columns(), Linkage.Settings.USUAL);
        assertThat(people.quality(linkage.clusters()).f1()).isGreaterThanOrEqualTo(.90);
    }

    @Test
    void febrlsOriginalsFindTheirDuplicatesInAnotherFile() {
        PublicPeople people = PublicPeople.febrl(1, false);
        List<Integer> first = new ArrayList<>();
        List<Integer> second = new ArrayList<>();
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < people.truth().size(); i++) {
            if (seen.contains(people.truth().get(i))) second.add(i);
            else first.add(i);
            seen.add(people.truth().get(i));
        }
        Linkage linkage = Linkage.between(part(people, first), part(people, second), Linkage.Settings.USUAL);
        long right = linkage.matches().stream()
                .filter(match -> people.truth()
                        .get(first.get(match.left()))
                        .equals(people.truth().get(second.get(match.right()))))
                .count();
        assertThat(linkage.matches()).hasSizeBetween(490, 510);
        assertThat(right).isGreaterThanOrEqualTo(490);
    }

    private static List<Column> part(PublicPeople people, List<Integer> rows) {
        return people.columns().stream()
                .map(column -> new Column(
                        column.name(),
                        column.kind(),
                        rows.stream().map(column.values()::get).toList()))
                .toList();
    }
}
