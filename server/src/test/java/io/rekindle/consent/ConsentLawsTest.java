package io.rekindle.consent;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.common.CustomerId;
import io.rekindle.testing.RekindleTest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What may be written to whom, over generated lives: some identities of one person who are merged one by one or several at
 * once, in any order, while shops state, repeat and take back, and people sign off. Checked against a reckoning that keeps
 * every saying and starts anew each time.
 */
@RekindleTest
class ConsentLawsTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final int IDENTITIES = 5;
    private static final int STEPS = 24;

    private final ConsentStore store;
    private final TransactionTemplate transaction;
    private final JdbcClient jdbc;

    ConsentLawsTest(
            @Autowired ConsentStore store, @Autowired TransactionTemplate transaction, @Autowired JdbcClient jdbc) {
        this.store = store;
        this.transaction = transaction;
        this.jdbc = jdbc;
    }

    @Test
    void whateverIsMergedWhenTheSameHoldsAsIfEverySayingWereReckonedAnew() {
        int withdrawn = 0;
        int granted = 0;
        for (int seed = 0; seed < 120; seed++) {
            var life = new Life(seed);
            for (int step = 0; step < STEPS; step++) {
                life.step();
                for (int root : life.roots()) {
                    var expected = life.expected(root);
                    assertThat(life.inForce(root))
                            .as("seed %d step %d: %s", seed, step, life.told)
                            .isEqualTo(expected);
                    assertThat(life.lastOfHistory(root))
                            .as("history, seed %d step %d: %s", seed, step, life.told)
                            .isEqualTo(expected);
                    if (life.mustBeWithdrawn(root))
                        assertThat(life.inForce(root))
                                .as("seed %d step %d: %s", seed, step, life.told)
                                .isEqualTo(false);
                    if (expected != null && expected) granted++;
                    if (life.mustBeWithdrawn(root)) withdrawn++;
                }
            }
        }
        assertThat(granted).as("lives in which there is permission").isGreaterThan(500);
        assertThat(withdrawn).as("lives after a withdrawal").isGreaterThan(500);
    }

    private record Saying(
            int identity, String source, ConsentStore.Manner manner, boolean granted, Instant at, long seq) {}

    /** One person's identities, from strangers to one. */
    private final class Life {
        private final Random random;
        private final long firstId;
        private final int[] merged = new int[IDENTITIES];
        private final List<Saying> sayings = new ArrayList<>();
        private final List<ConsentStore.Turn> history = new ArrayList<>();
        private final List<String> told = new ArrayList<>();
        private Instant now = START;
        private long seq;

        Life(int seed) {
            random = new Random(seed);
            firstId = 7_000_000_000L + seed * 100L;
            Arrays.setAll(merged, i -> i);
        }

        void step() {
            now = now.plus(Duration.ofHours(1 + random.nextInt(5)));
            int what = random.nextInt(10);
            if (what == 0) merge();
            else if (what == 1) say(ConsentStore.Manner.NOW, random.nextInt(4) == 0);
            else if (what == 2) say(ConsentStore.Manner.ACT, random.nextInt(5) == 0);
            else say(ConsentStore.Manner.STATEMENT, random.nextInt(4) > 0);
        }

        private void say(ConsentStore.Manner manner, boolean granted) {
            int identity = random.nextInt(IDENTITIES);
            var source = manner == ConsentStore.Manner.STATEMENT ? "source " + random.nextInt(2) : "other";
            boolean byHand = manner == ConsentStore.Manner.NOW;
            var at = byHand || random.nextInt(5) > 0 ? now : now.minus(Duration.ofHours(random.nextInt(30)));
            var saying = new Saying(identity, source, manner, granted, at, byHand ? 0 : ++seq);
            sayings.add(saying);
            told.add(saying.toString());
            var about = new ConsentStore.About(id(root(identity)), "marketing", "email");
            var turns = transaction.execute(status -> store.apply(
                    List.of(new ConsentStore.Change(about, id(identity), granted, source, at, saying.seq(), manner))));
            if (turns != null) history.addAll(turns);
        }

        /** Some of the roots lose to one of them at once. */
        private void merge() {
            var roots = new ArrayList<>(roots());
            java.util.Collections.shuffle(roots, random);
            int losers = Math.min(roots.size() - 1, 1 + random.nextInt(3));
            var winners = new HashMap<CustomerId, CustomerId>();
            for (int i = 1; i <= losers; i++) {
                merged[roots.get(i)] = roots.getFirst();
                winners.put(id(roots.get(i)), id(roots.getFirst()));
            }
            if (winners.isEmpty()) return;
            told.add("merge " + winners);
            long before = lastPending();
            transaction.executeWithoutResult(status -> {
                store.move(Map.copyOf(winners), store.lastMerge());
                jdbc.sql("""
                                select customer_id, granted, source, set_at from consent_changes_pending
                                where id > :before and customer_id between :from and :to order by id
                                """)
                        .param("before", before)
                        .param("from", firstId)
                        .param("to", firstId + IDENTITIES)
                        .query(row -> {
                            history.add(new ConsentStore.Turn(
                                    new ConsentStore.About(
                                            new CustomerId(row.getLong("customer_id")), "marketing", "email"),
                                    row.getBoolean("granted"),
                                    row.getString("source"),
                                    ConsentStore.instant(row, "set_at"),
                                    0));
                        });
            });
        }

        private long lastPending() {
            return jdbc.sql("select coalesce(max(id), 0) from consent_changes_pending")
                    .query(Long.class)
                    .single();
        }

        private CustomerId id(int identity) {
            return new CustomerId(firstId + identity);
        }

        private int root(int identity) {
            int at = identity;
            while (merged[at] != at) at = merged[at];
            return at;
        }

        List<Integer> roots() {
            var roots = new ArrayList<Integer>();
            for (int i = 0; i < IDENTITIES; i++) if (merged[i] == i) roots.add(i);
            return roots;
        }

        private List<Saying> of(int root) {
            return sayings.stream().filter(s -> root(s.identity()) == root).toList();
        }

        @Nullable
        Boolean inForce(int root) {
            return jdbc.sql("select granted from consents where customer_id = :customer")
                    .param("customer", id(root).value())
                    .query(Boolean.class)
                    .optional()
                    .orElse(null);
        }

        /** As the warehouse's view has it: the last row of all identities of the person. */
        @Nullable
        Boolean lastOfHistory(int root) {
            return history.stream()
                    .filter(turn -> root((int) (turn.about().customer().value() - firstId)) == root)
                    .max(Comparator.comparing(ConsentStore.Turn::at).thenComparing(ConsentStore.Turn::seq))
                    .map(ConsentStore.Turn::granted)
                    .orElse(null);
        }

        /** The rule, said over the whole list. */
        @Nullable
        Boolean expected(int root) {
            var decided = new ArrayList<Saying>();
            var plain = new ArrayList<Saying>();
            for (var saying : of(root)) {
                if (saying.manner() != ConsentStore.Manner.STATEMENT) {
                    decided.add(saying);
                    continue;
                }
                var before = heard(saying);
                var last = before.isEmpty() ? null : before.getLast();
                if (!counts(saying) || (last != null && last.granted() == saying.granted())) continue;
                (last == null ? plain : decided).add(saying);
            }
            var order = Comparator.comparing(Saying::at).thenComparing(Saying::seq);
            var latest = decided.stream().max(order).orElse(null);
            var latestPlain = plain.stream().max(order).orElse(null);
            if (latest == null) return latestPlain == null ? null : latestPlain.granted();
            if (!latest.granted()) return false;
            return latestPlain == null || latestPlain.granted() || order.compare(latestPlain, latest) < 0;
        }

        /** What was heard before of the same source about the same identity, and counted. */
        private List<Saying> heard(Saying saying) {
            return sayings.subList(0, sayings.indexOf(saying)).stream()
                    .filter(s -> s.manner() == ConsentStore.Manner.STATEMENT
                            && s.identity() == saying.identity()
                            && s.source().equals(saying.source())
                            && counts(s))
                    .toList();
        }

        /** Not older than anything heard before of its kind. */
        private boolean counts(Saying saying) {
            return sayings.subList(0, sayings.indexOf(saying)).stream()
                    .filter(s -> s.manner() == ConsentStore.Manner.STATEMENT
                            && s.identity() == saying.identity()
                            && s.source().equals(saying.source()))
                    .noneMatch(s -> s.at().isAfter(saying.at()));
        }

        /**
         * The law for itself: somebody signed off, and since then nobody acted for a yes, nor did any source that had said
         * no say yes.
         */
        boolean mustBeWithdrawn(int root) {
            var all = of(root);
            var off = all.stream()
                    .filter(s -> s.manner() != ConsentStore.Manner.STATEMENT && !s.granted())
                    .map(Saying::at)
                    .max(Comparator.naturalOrder());
            return off.isPresent()
                    && all.stream()
                            .filter(s -> s.granted() && !s.at().isBefore(off.get()))
                            .noneMatch(s -> s.manner() != ConsentStore.Manner.STATEMENT
                                    || sayings.stream()
                                            .anyMatch(no -> no.manner() == ConsentStore.Manner.STATEMENT
                                                    && !no.granted()
                                                    && no.identity() == s.identity()
                                                    && no.source().equals(s.source())));
        }
    }
}
