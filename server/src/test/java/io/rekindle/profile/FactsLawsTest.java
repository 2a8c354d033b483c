package io.rekindle.profile;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.common.CustomerId;
import io.rekindle.profile.Facts.About;
import io.rekindle.profile.Facts.Fact;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FactsLawsTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final About CITY = new About(new CustomerId(1), "city");
    private static final Comparator<Fact<String>> AS_OCCURRED =
            Comparator.<Fact<String>, Instant>comparing(Fact::at).thenComparingLong(Fact::seq);

    @Test
    void whatOccurredLastStandsHoweverFactsArriveAndAreCut() {
        for (int seed = 0; seed < 500; seed++) {
            var random = new Random(seed);
            var facts = facts(random);
            var last = Collections.max(facts, AS_OCCURRED);
            var read = new Reading().read(facts, random);
            assertThat(read.standing.get(CITY)).as("world %d", seed).isEqualTo(last);
        }
    }

    @Test
    void theHistoryAgreesWithWhatStandsHoweverFactsArrive() {
        for (int seed = 0; seed < 500; seed++) {
            var random = new Random(seed);
            var read = new Reading().read(facts(random), random);
            assertThat(asOf(read.turns, NOON.plusSeconds(100)))
                    .as("world %d", seed)
                    .isEqualTo(java.util.Objects.requireNonNull(read.standing.get(CITY))
                            .value());
        }
    }

    @Test
    void theHistoryOfFactsThatArriveInTheirOrderTellsWhatWasSoAtAnyInstant() {
        for (int seed = 0; seed < 500; seed++) {
            var random = new Random(seed);
            var facts = facts(random).stream()
                    .sorted(Comparator.comparing(Fact::at))
                    .toList();
            var inOrder = new ArrayList<Fact<String>>();
            for (var fact : facts) inOrder.add(new Fact<>(fact.value(), fact.at(), inOrder.size(), 1));
            var read = new Reading().read(inOrder, random);
            for (var moment : inOrder)
                assertThat(asOf(read.turns, moment.at()))
                        .as("world %d at %s", seed, moment.at())
                        .isEqualTo(asOf(inOrder, moment.at()));
        }
    }

    private static String asOf(List<Fact<String>> facts, Instant at) {
        return facts.stream()
                .filter(f -> !f.at().isAfter(at))
                .max(AS_OCCURRED)
                .map(Fact::value)
                .orElse("");
    }

    private static List<Fact<String>> facts(Random random) {
        var facts = new ArrayList<Fact<String>>();
        for (int i = 0; i < 6; i++)
            facts.add(new Fact<>("city " + random.nextInt(3), NOON.plusSeconds(random.nextInt(5)), i, 1));
        return facts;
    }

    private static final class Reading {
        private final Map<About, Fact<String>> standing = new HashMap<>();
        private final List<Fact<String>> turns = new ArrayList<>();

        /** The log gives places in the order of arrival; only the time at which things occurred is out of order. */
        Reading read(List<Fact<String>> facts, Random random) {
            for (int from = 0; from < facts.size(); ) {
                int to = Math.min(facts.size(), from + 1 + random.nextInt(3));
                var batch = new Facts<String>();
                facts.subList(from, to).forEach(fact -> batch.say(CITY, fact));
                var outcome = batch.over(standing);
                outcome.standing().forEach(s -> standing.put(s.about(), s.fact()));
                outcome.turns().forEach(t -> turns.add(t.fact()));
                from = to;
            }
            return this;
        }
    }
}
