package io.rekindle.profile;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.common.CustomerId;
import io.rekindle.profile.Facts.Fact;
import io.rekindle.profile.Facts.Said;
import io.rekindle.profile.Facts.Series;
import io.rekindle.profile.Telling.Last;
import io.rekindle.profile.Telling.Told;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FactsLawsTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final CustomerId ANN = new CustomerId(1);
    private static final Series CITY = new Series(ANN, "city", 1);
    private static final Comparator<Fact<String>> AS_OCCURRED =
            Comparator.<Fact<String>, Instant>comparing(Fact::at).thenComparingLong(Fact::seq);

    @Test
    void whatOccurredLastStandsHoweverFactsArriveAndAreCut() {
        for (int seed = 0; seed < 500; seed++) {
            var random = new Random(seed);
            var facts = facts(random, 6);
            var last = Collections.max(facts, AS_OCCURRED);
            var read = new Reading().read(by(CITY, facts), random);
            assertThat(Objects.requireNonNull(read.lasts.get(CITY)).fact())
                    .as("world %d", seed)
                    .isEqualTo(last);
            assertThat(read.standing.get(CITY)).as("world %d", seed).isEqualTo(last);
        }
    }

    @Test
    void theHistoryAgreesWithWhatStandsHoweverFactsArrive() {
        for (int seed = 0; seed < 500; seed++) {
            var random = new Random(seed);
            var read = new Reading().read(by(CITY, facts(random, 6)), random);
            assertThat(asOf(read.facts(), NOON.plusSeconds(100)))
                    .as("world %d", seed)
                    .isEqualTo(
                            Objects.requireNonNull(read.lasts.get(CITY)).fact().value());
        }
    }

    @Test
    void theHistoryOfFactsThatArriveInTheirOrderTellsWhatWasSoAtAnyInstant() {
        for (int seed = 0; seed < 500; seed++) {
            var random = new Random(seed);
            var facts = facts(random, 6).stream()
                    .sorted(Comparator.comparing(Fact::at))
                    .toList();
            var inOrder = new ArrayList<Fact<String>>();
            for (var fact : facts) inOrder.add(new Fact<>(fact.value(), fact.at(), inOrder.size()));
            var read = new Reading().read(by(CITY, inOrder), random);
            for (var moment : inOrder)
                assertThat(asOf(read.facts(), moment.at()))
                        .as("world %d at %s", seed, moment.at())
                        .isEqualTo(asOf(inOrder, moment.at()));
        }
    }

    /** Of three sources and two identifiers, in any order: whoever of them is heard, the last word is the same in both. */
    @Test
    void whateverSeriesARuleHearsTheHistoryHasTheirLastWord() {
        var series = Stream.of(1, 2, 3)
                .flatMap(source ->
                        Stream.of(new Series(ANN, "city", source), new Series(new CustomerId(2), "city", source)))
                .toList();
        int told = 0;
        int said = 0;
        for (int seed = 0; seed < 500; seed++) {
            var random = new Random(seed);
            var facts = new ArrayList<Said<String>>();
            for (var fact : facts(random, 12))
                facts.add(new Said<>(series.get(random.nextInt(random.nextBoolean() ? 2 : 6)), fact));
            var read = new Reading().read(facts, random);
            said += facts.size();
            told += read.told.size();
            for (int heard = 1; heard < 1 << series.size(); heard++) {
                int which = heard;
                var ears = series.stream()
                        .filter(one -> (which >> series.indexOf(one) & 1) == 1)
                        .toList();
                assertThat(asOf(
                                read.told.stream()
                                        .filter(one -> ears.contains(one.series()))
                                        .map(Told::fact)
                                        .toList(),
                                NOON.plusSeconds(100)))
                        .as("world %d, heard are %s", seed, ears)
                        .isEqualTo(asOf(
                                facts.stream()
                                        .filter(one -> ears.contains(one.series()))
                                        .map(Said::fact)
                                        .toList(),
                                NOON.plusSeconds(100)));
            }
        }
        assertThat(told).as("the history is told less than everything").isLessThan(said);
    }

    @Test
    void whatOneSourceRepeatsIsToldOnce() {
        var facts = new ArrayList<Fact<String>>();
        for (int i = 0; i < 50; i++) facts.add(new Fact<>("Oslo", NOON.plusSeconds(i), i));
        assertThat(new Reading().read(by(CITY, facts), new Random(1)).told).hasSize(1);
    }

    @Test
    void ofTwoThingsAnEventSaysUnderOneNameTheLaterOneIsSaid() {
        var facts = new Facts<String>();
        facts.say(CITY, new Fact<>("Oslo", NOON, 7));
        facts.say(CITY, new Fact<>("Rome", NOON, 7));
        assertThat(facts.inOrder()).containsExactly(new Said<>(CITY, new Fact<>("Rome", NOON, 7)));
    }

    private static String asOf(List<Fact<String>> facts, Instant at) {
        return facts.stream()
                .filter(f -> !f.at().isAfter(at))
                .max(AS_OCCURRED)
                .map(Fact::value)
                .orElse("");
    }

    private static List<Said<String>> by(Series series, List<Fact<String>> facts) {
        return facts.stream().map(fact -> new Said<>(series, fact)).toList();
    }

    private static List<Fact<String>> facts(Random random, int many) {
        var facts = new ArrayList<Fact<String>>();
        for (int i = 0; i < many; i++)
            facts.add(new Fact<>("city " + random.nextInt(3), NOON.plusSeconds(random.nextInt(5)), i));
        return facts;
    }

    private static final class Reading {
        /** Both identifiers are of one person. */
        private static final Map<CustomerId, CustomerId> PEOPLE = Map.of(new CustomerId(2), ANN);

        private final Map<Series, Last<String>> lasts = new HashMap<>();
        private final Map<Series, Fact<String>> standing = new HashMap<>();
        private final List<Told<String>> told = new ArrayList<>();

        List<Fact<String>> facts() {
            return told.stream().map(Told::fact).toList();
        }

        /** The log gives places in the order of arrival; only the time at which things occurred is out of order. */
        Reading read(List<Said<String>> facts, Random random) {
            for (int from = 0; from < facts.size(); ) {
                int to = Math.min(facts.size(), from + 1 + random.nextInt(3));
                var batch = new Facts<String>();
                facts.subList(from, to).forEach(one -> batch.say(one.series(), one.fact()));
                var telling = new Telling<>(lasts, PEOPLE);
                telling.take(batch);
                lasts.putAll(telling.changed());
                told.addAll(telling.told());
                batch.over(standing).forEach(one -> standing.put(one.series(), one.fact()));
                from = to;
            }
            return this;
        }
    }
}
