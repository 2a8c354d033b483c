package io.rekindle.consent;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.common.CustomerId;
import io.rekindle.testing.RekindleTest;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What was said of everything and of one topic, over generated lives of four strangers: what holds of the topic is what
 * follows from all that was said, reckoned by hand, and taking apart who was merged brings back what stood before, dates
 * included, whoever else is taken apart in the same go.
 */
@RekindleTest
class TopicLawsTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final int PEOPLE = 4;
    private static final int STEPS = 14;
    private static final int LIVES = 150;
    private static final String SALES = "sales";
    private static final List<ConsentStore.Manner> MANNERS =
            List.of(ConsentStore.Manner.ACT, ConsentStore.Manner.STATEMENT, ConsentStore.Manner.NOW);

    private final ConsentStore store;
    private final TransactionTemplate transaction;
    private final JdbcClient jdbc;

    TopicLawsTest(
            @Autowired ConsentStore store, @Autowired TransactionTemplate transaction, @Autowired JdbcClient jdbc) {
        this.store = store;
        this.transaction = transaction;
        this.jdbc = jdbc;
    }

    @Test
    void whatHoldsOfATopicFollowsFromAllThatWasSaid() {
        int revived = 0;
        int withdrawn = 0;
        for (int life = 0; life < LIVES; life++) {
            long first = live(8_100_000_000L + life * 10L, life);
            for (long person = first; person < first + PEOPLE; person++) {
                var everything = holding(said(person, ""));
                var topic = holding(said(person, SALES));
                var expected = expected(everything, topic);
                assertThat(holds(person))
                        .as("life %d, %s and %s", life, everything, topic)
                        .isEqualTo(expected);
                if (topic == null || everything == null || !topic.granted() || everything.granted()) continue;
                if (Boolean.TRUE.equals(expected)) revived++;
                else withdrawn++;
            }
        }
        assertThat(revived)
                .as("topics chosen after a withdrawal from everything")
                .isGreaterThan(20);
        assertThat(withdrawn).as("topics that fell with everything").isGreaterThan(20);
    }

    @Test
    void takenApartEachHasWhatTheyHadBeforeTheyWereMerged() {
        for (int life = 0; life < LIVES; life++) {
            long first = live(8_200_000_000L + life * 10L, 1_000 + life);
            var before = rows(first);
            var pairs = Map.of(id(first + 1), id(first), id(first + 3), id(first + 2));
            var everybody = LongStream.range(first, first + PEOPLE)
                    .mapToObj(CustomerId::new)
                    .toList();
            transaction.executeWithoutResult(status -> {
                store.move(pairs, store.lastMerge());
                store.regroup(
                        everybody,
                        everybody.stream().collect(Collectors.toMap(Function.identity(), Function.identity())),
                        customer -> pairs.getOrDefault(customer, customer),
                        store.lastMerge());
            });
            assertThat(rows(first)).as("life %d", life).isEqualTo(before);
        }
    }

    /** Strangers' dates are nobody else's: the history of each pair is told no further than those two came. */
    @Test
    void theHistoryOfOnePairIsNotToldByAnothers() {
        long first = 8_300_000_000L;
        say(first, "", true, START, ConsentStore.Manner.ACT);
        say(first + 2, "", true, START.plus(Duration.ofDays(300)), ConsentStore.Manner.ACT);
        var everybody = List.of(id(first), id(first + 1), id(first + 2), id(first + 3));
        var pairs = Map.of(id(first + 1), id(first), id(first + 3), id(first + 2));
        transaction.executeWithoutResult(status -> store.regroup(
                everybody,
                everybody.stream().collect(Collectors.toMap(Function.identity(), Function.identity())),
                customer -> pairs.getOrDefault(customer, customer),
                store.lastMerge()));
        assertThat(jdbc.sql(
                                "select max(set_at) < timestamptz '2026-02-01' from consent_changes_pending where customer_id = :id")
                        .param("id", first)
                        .query(Boolean.class)
                        .single())
                .isTrue();
    }

    private long seq;

    /** Some weeks of four people; the number of the first. */
    private long live(long first, int seed) {
        var random = new Random(seed);
        var now = START;
        for (int step = 0; step < STEPS * PEOPLE; step++) {
            now = now.plus(Duration.ofHours(1 + random.nextInt(5)));
            var manner = MANNERS.get(random.nextInt(3));
            boolean late = manner != ConsentStore.Manner.NOW && random.nextInt(6) == 0;
            say(
                    first + random.nextInt(PEOPLE),
                    random.nextBoolean() ? "" : SALES,
                    random.nextInt(5) > 1,
                    late ? now.minus(Duration.ofHours(random.nextInt(30))) : now,
                    manner);
        }
        return first;
    }

    private void say(long person, String topic, boolean granted, Instant at, ConsentStore.Manner manner) {
        var source = manner == ConsentStore.Manner.STATEMENT ? "source " + seq % 3 : "other";
        long place = manner == ConsentStore.Manner.NOW ? 0 : ++seq;
        transaction.executeWithoutResult(status -> store.remember(store.apply(List.of(new ConsentStore.Change(
                new ConsentStore.About(id(person), Permissions.MARKETING, Permissions.EMAIL, topic),
                id(person),
                granted,
                source,
                at,
                place,
                manner)))));
    }

    private record Said(boolean granted, boolean decided, Instant at, long seq, long number) {
        /** Of two at one instant the later in the log, else the withdrawal. */
        boolean isAfter(Said other) {
            int order = Comparator.comparing(Said::at)
                    .thenComparing(Said::seq)
                    .thenComparing(said -> !said.granted())
                    .compare(this, other);
            return order > 0;
        }
    }

    private List<Said> said(long person, String topic) {
        return jdbc.sql("""
                        select granted, weight <> 'plain' as decided, said_at, seq, id from consent_sayings
                        where identity_id = :person and topic = :topic and weight <> 'none' order by id
                        """)
                .param("person", person)
                .param("topic", topic)
                .query((row, n) -> new Said(
                        row.getBoolean("granted"),
                        row.getBoolean("decided"),
                        ConsentStore.instant(row, "said_at"),
                        row.getLong("seq"),
                        row.getLong("id")))
                .list();
    }

    private static @Nullable Said holding(List<Said> all) {
        Said decided = null;
        Said plain = null;
        for (var said : all) {
            if (said.decided()) decided = decided == null || !decided.isAfter(said) ? said : decided;
            else plain = plain == null || !plain.isAfter(said) ? said : plain;
        }
        if (decided == null) return plain;
        return decided.granted() && plain != null && !plain.granted() && plain.isAfter(decided) ? plain : decided;
    }

    private static @Nullable Boolean expected(@Nullable Said everything, @Nullable Said topic) {
        if (topic == null) return everything == null ? null : everything.granted();
        if (!topic.granted() || everything == null || everything.granted()) return topic.granted();
        if (everything.decided() && !topic.decided()) return false;
        return topic.at().isAfter(everything.at())
                || (topic.at().equals(everything.at()) && topic.seq() >= everything.seq());
    }

    private @Nullable Boolean holds(long person) {
        return jdbc.sql("""
                        select %s as holds from (select 1) one
                        left join consents c on c.customer_id = :person and c.topic = ''
                        left join consents t on t.customer_id = :person and t.topic = :topic
                        """.formatted(ConsentStore.HOLDS))
                .param("person", person)
                .param("topic", SALES)
                .query((row, n) -> (Boolean) row.getObject("holds"))
                .list()
                .getFirst();
    }

    private List<Map<String, @Nullable Object>> rows(long first) {
        return jdbc.sql("""
                        select customer_id, topic, granted, source, set_at, seq, evidence, decided, decided_source, decided_at,
                            plain, plain_source, plain_at
                        from consents where customer_id between :first and :last order by customer_id, topic
                        """)
                .param("first", first)
                .param("last", first + PEOPLE - 1)
                .query()
                .listOfRows();
    }

    private static CustomerId id(long number) {
        return new CustomerId(number);
    }
}
