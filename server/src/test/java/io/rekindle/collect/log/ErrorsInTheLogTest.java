package io.rekindle.collect.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.collect.EventType;
import io.rekindle.collect.Tails;
import io.rekindle.platform.Problem;
import io.rekindle.testing.RekindleTest;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** An error of the Java machine, such as a full heap, on the log's one writer: in the midst of a batch of rows. */
@RekindleTest
@Timeout(120)
class ErrorsInTheLogTest {
    private static final Instant AT = Instant.parse("2026-02-01T00:00:00Z");

    private final CommitLog log;
    private final Tails tails;
    private final Warehouse warehouse;
    private final JdbcClient jdbc;

    ErrorsInTheLogTest(
            @Autowired CommitLog log,
            @Autowired Tails tails,
            @Autowired Warehouse warehouse,
            @Autowired JdbcClient jdbc) {
        this.log = log;
        this.tails = tails;
        this.warehouse = warehouse;
        this.jdbc = jdbc;
    }

    /** An amount that cannot be written. */
    private static final class Failing extends BigDecimal {
        private static final long serialVersionUID = 1;

        private final transient Supplier<Error> error;

        Failing(Supplier<Error> error) {
            super(1);
            this.error = error;
        }

        @Override
        public BigDecimal setScale(int decimals, RoundingMode rounding) {
            throw error.get();
        }
    }

    private StagedEvent event(String messageId, @Nullable BigDecimal amount) {
        return event(messageId, amount, null);
    }

    private StagedEvent event(String messageId, @Nullable BigDecimal amount, byte @Nullable [] personal) {
        return new StagedEvent(
                log.fingerprint(1, messageId),
                AT,
                AT,
                1,
                null,
                EventType.TRACK,
                "Looked",
                77,
                List.of(),
                messageId,
                amount,
                null,
                null,
                personal,
                false);
    }

    @Test
    void whoeverWaitsIsToldAndTheNextCallIsWritten() {
        List<Supplier<Error>> errors = List.of(
                () -> new OutOfMemoryError("injected"), StackOverflowError::new, () -> new AssertionError("injected"));
        for (int i = 0; i < errors.size(); i++) {
            var poisoned = List.of(event("fine-before-" + i, null), event("bad-" + i, new Failing(errors.get(i))));
            assertThatThrownBy(() -> log.append(poisoned, List.of())).isInstanceOfSatisfying(Problem.class, problem -> {
                assertThat(problem.code()).isEqualTo("log_unavailable");
                assertThat(problem.kind().status()).isEqualTo(503);
            });
            assertThat(tails.lags()).anySatisfy(lag -> {
                assertThat(lag.name()).isEqualTo("event-log");
                assertThat(lag.failure()).containsAnyOf("injected", "StackOverflow");
            });
            // The call was refused as a whole, so it may come again as a whole.
            assertThat(log.append(List.of(event("fine-before-" + i, null)), List.of())
                            .accepted())
                    .isEqualTo(1);
            assertThat(tails.lags()).noneSatisfy(lag -> assertThat(lag.name()).isEqualTo("event-log"));
        }
        assertThat(warehouse.query(
                        Sql.of(
                                "select message_id from events where message_id like 'fine-before-%' or message_id like 'bad-%' order by seq"),
                        row -> row.text("message_id")))
                .containsExactly("fine-before-0", "fine-before-1", "fine-before-2");
        tails.awaitAll(log.lastSeq());
    }

    /** A large group goes to both stores at once; whichever refuses, neither keeps anything. */
    @ParameterizedTest
    @ValueSource(ints = {1, 1_200})
    void neitherStoreKeepsAGroupTheOtherRefused(int size) {
        var sealed = new byte[] {1, 2, 3};
        jdbc.sql("insert into intake_personal (seq, sealed) values (:next, '')")
                .param("next", log.lastSeq() + size)
                .update();
        assertThat(fate(several("state-refuses-" + size, size, sealed, null))).isEqualTo("log_unavailable");
        assertThat(countOf("state-refuses-" + size + "%")).isZero();
        assertThat(personalBeyondTheLog()).isZero();

        var worse = new Failing(() -> new OutOfMemoryError("injected"));
        assertThat(fate(several("history-refuses-" + size, size, sealed, worse)))
                .isEqualTo("log_unavailable");
        assertThat(countOf("history-refuses-" + size + "%")).isZero();
        assertThat(personalBeyondTheLog()).isZero();

        assertThat(fate(several("state-refuses-" + size, size, null, null))).isEqualTo(size + " new");
        assertThat(fate(several("history-refuses-" + size, size, null, null))).isEqualTo(size + " new");
    }

    /** @param amount of the last one */
    private List<StagedEvent> several(String name, int size, byte @Nullable [] personal, @Nullable BigDecimal amount) {
        var events = new ArrayList<StagedEvent>();
        for (int i = 0; i < size; i++) events.add(event(name + "-" + i, i == size - 1 ? amount : null, personal));
        return events;
    }

    private long personalBeyondTheLog() {
        return jdbc.sql("select count(*) from intake_personal where seq > :last")
                .param("last", log.lastSeq())
                .query(Long.class)
                .single();
    }

    @Test
    void ofManyCallersAtOnceNobodyWaitsForEver() throws Exception {
        var answers = new ArrayList<Future<String>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 200; i++) {
                var event = i % 5 == 0
                        ? event("crowd-bad-" + i, new Failing(() -> new OutOfMemoryError("injected")))
                        : event("crowd-" + i, null);
                answers.add(threads.submit(() -> {
                    while (true) {
                        try {
                            return "accepted "
                                    + log.append(List.of(event), List.of()).accepted();
                        } catch (Problem refused) {
                            if (event.amount() instanceof Failing) return refused.code();
                        }
                    }
                }));
            }
            for (int i = 0; i < answers.size(); i++)
                assertThat(answers.get(i).get()).isEqualTo(i % 5 == 0 ? "log_unavailable" : "accepted 1");
        }
        assertThat(warehouse.query(
                        Sql.of("select count(*) as n from events where message_id like 'crowd-%'"),
                        row -> row.longValue("n")))
                .containsExactly(160L);
    }

    /** An amount whose event is on its way to disk until it may be written, or fails. */
    private static final class Held extends BigDecimal {
        private static final long serialVersionUID = 1;

        private final transient CountDownLatch reached = new CountDownLatch(1);
        private final transient CompletableFuture<@Nullable Error> end = new CompletableFuture<>();

        Held() {
            super(1);
        }

        @Override
        public BigDecimal setScale(int decimals, RoundingMode rounding) {
            reached.countDown();
            var error = end.join();
            if (error != null) throw error;
            return super.setScale(decimals, rounding);
        }
    }

    /** What is looked through while a group of a burst is on its way may repeat what is lost with that one. */
    @Test
    void ofABurstAGroupIsRefusedThatWasSiftedWhileTheOneBeforeFailed() throws Exception {
        assertThat(burst("lost", new OutOfMemoryError("injected")))
                .containsExactly("log_unavailable", "log_unavailable", "log_unavailable");
        assertThat(countOf("lost-%")).isZero();
        // All of it may come again.
        assertThat(burst("lost", null)).containsExactly("1200 new", "1 new", "0 new");
        assertThat(countOf("lost-%")).isEqualTo(1201);
    }

    @Test
    void ofABurstEachIdIsTakenOnceWhetherItIsOnItsWayOrOnDisk() throws Exception {
        assertThat(burst("once", null)).containsExactly("1200 new", "1 new", "0 new");
        assertThat(burst("once", null)).containsExactly("0 new", "0 new", "0 new");
        assertThat(warehouse.query(
                        Sql.of("""
                                select count(*) as n, count(distinct message_id) as ids, max(seq) - min(seq) + 1 as places
                                from events where message_id like 'once-%'
                                """), row -> List.of(row.longValue("n"), row.longValue("ids"), row.longValue("places"))))
                .containsExactly(List.of(1201L, 1201L, 1201L));
    }

    /** What becomes of a call of 1,200 events, and of two that come while it is on its way: one more, and one of both's. */
    private List<String> burst(String name, @Nullable Error error) throws Exception {
        var held = new Held();
        var many = new ArrayList<StagedEvent>();
        for (int i = 0; i < 1_200; i++) many.add(event(name + "-" + i, i == 600 ? held : null));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var first = threads.submit(() -> fate(many));
            // Where all of it is known it is not on its way at all.
            while (held.reached.getCount() > 0 && !first.isDone()) TimeUnit.MILLISECONDS.sleep(1);
            var second = threads.submit(() -> fate(List.of(many.get(7), event(name + "-more", null))));
            while (log.waiting() < 1_202 && !first.isDone()) TimeUnit.MILLISECONDS.sleep(1);
            var third = threads.submit(() -> fate(List.of(many.get(8), event(name + "-more", null))));
            while (log.waiting() < 1_204 && !first.isDone()) TimeUnit.MILLISECONDS.sleep(1);
            // Time to look through them; that they were not yet would make no difference to what they are told.
            TimeUnit.MILLISECONDS.sleep(20);
            held.end.complete(error);
            return List.of(first.get(), second.get(), third.get());
        }
    }

    private String fate(List<StagedEvent> events) {
        try {
            return log.append(events, List.of()).accepted() + " new";
        } catch (Problem refused) {
            return refused.code();
        }
    }

    private long countOf(String messageIds) {
        return warehouse
                .query(
                        Sql.of("select count(*) as n from events where message_id like ?", messageIds),
                        row -> row.longValue("n"))
                .getFirst();
    }
}
