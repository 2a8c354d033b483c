package io.rekindle.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.testing.RekindleTest;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

@RekindleTest
class AccessRowsTest {
    private static final OffsetDateTime AT = OffsetDateTime.of(2026, 3, 1, 9, 0, 0, 0, ZoneOffset.UTC);
    private static final int MANY = 40;

    private final JdbcClient jdbc;
    private final TransactionTemplate transactions;

    AccessRowsTest(@Autowired JdbcClient jdbc, @Autowired TransactionTemplate transactions) {
        this.jdbc = jdbc;
        this.transactions = transactions;
    }

    @Test
    void looksThatComeWhileOneIsWrittenGoTogetherAndEachIsThereOnce() throws InterruptedException {
        var rows = new AccessRows(jdbc);
        var written = whileNobodyMayWrite(MANY, i -> rows.insertWithOthers(row("together", i, null)));
        written.forEach(CompletableFuture::join);
        assertThat(jdbc.sql("select customer_id from person_accesses where actor = 'together' order by 1")
                        .query(Long.class)
                        .list())
                .containsExactlyElementsOf(
                        IntStream.range(0, MANY).mapToObj(i -> (long) i).toList());
        assertThat(jdbc.sql("select count(distinct xmin::text) from person_accesses where actor = 'together'")
                        .query(Integer.class)
                        .single())
                .isBetween(2, 4);
        assertThat(jdbc.sql(
                                "select count(*) from person_accesses where actor = 'together' and fields = array['email', 'street, no']")
                        .query(Integer.class)
                        .single())
                .isEqualTo(MANY - MANY / 2);
        assertThat(jdbc.sql("select count(*) from person_accesses where actor = 'together' and fields is null")
                        .query(Integer.class)
                        .single())
                .isEqualTo(MANY / 2);
    }

    @Test
    void oneThatCannotBeWrittenFailsAlone() throws InterruptedException {
        var rows = new AccessRows(jdbc);
        var written = whileNobodyMayWrite(
                MANY, i -> rows.insertWithOthers(row("alone", i, i == MANY / 2 ? "no such \0 character" : "asked")));
        for (int i = 0; i < MANY; i++) {
            if (i == MANY / 2)
                assertThatThrownBy(written.get(i)::join)
                        .isInstanceOf(CompletionException.class)
                        .hasCauseInstanceOf(org.springframework.dao.DataAccessException.class);
            else written.get(i).join();
        }
        assertThat(jdbc.sql("select count(*) from person_accesses where actor = 'alone' and reason = 'asked'")
                        .query(Integer.class)
                        .single())
                .isEqualTo(MANY - 1);
    }

    /** Begins as many writes while the table is locked, so that all but the first wait for it. */
    private List<CompletableFuture<Void>> whileNobodyMayWrite(int number, java.util.function.IntConsumer write)
            throws InterruptedException {
        var begun = new ArrayList<CompletableFuture<Void>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            transactions.executeWithoutResult(status -> {
                jdbc.sql("lock table person_accesses in share mode").update();
                for (int i = 0; i < number; i++) {
                    int place = i;
                    begun.add(CompletableFuture.runAsync(() -> write.accept(place), threads));
                }
                settle();
            });
            threads.shutdown();
            assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        }
        return begun;
    }

    private static void settle() {
        try {
            TimeUnit.MILLISECONDS.sleep(300);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static AccessRow row(String actor, int customer, @org.jspecify.annotations.Nullable String reason) {
        return new AccessRow(
                AT, actor, customer, "GET /x", customer % 2 == 0 ? "[\"email\",\"street, no\"]" : "[]", reason);
    }
}
