package io.rekindle.warehouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.platform.Problem;
import io.rekindle.warehouse.duckdb.DuckDbWarehouse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdHocQueriesTest {
    /** Hours of work on any machine. */
    private static final Sql ENDLESS =
            Sql.of("select count(*) as n from range(100000000000) a(x), range(1000) b(y) where (x * y) % ? = 3", 7L);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void aStatementThatTakesTooLongIsStoppedAndTheNextOneIsAnswered() {
        var queries = new AdHocQueries(new AdHocSettings(Duration.ofSeconds(1), 1));
        try (var warehouse = new DuckDbWarehouse(folder.resolve("w"), new WarehouseSettings(1, "512MB"))) {
            assertThatThrownBy(() -> queries.answer(() -> warehouse.query(ENDLESS, row -> row.longValue("n"))))
                    .isInstanceOfSatisfying(Problem.class, problem -> {
                        assertThat(problem.code()).isEqualTo("query_timed_out");
                        assertThat(problem.kind().status()).isEqualTo(503);
                    });
            assertThat(queries.answer(() -> warehouse.query(Sql.of("select 42 as n"), row -> row.longValue("n"))))
                    .containsExactly(42L);
            assertThat(AdHocQueries.timeLeft()).isEmpty();
        }
    }

    @Test
    void longQuestionsLeaveRoomForWhateverElseComesOverHttp() throws Exception {
        int most = new AdHocSettings(Duration.ofSeconds(1), 4).atOnce();
        var queries = new AdHocQueries(new AdHocSettings(Duration.ofSeconds(4), most));
        try (var warehouse = new DuckDbWarehouse(folder.resolve("w"), new WarehouseSettings(1, "512MB"));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var begun = new CountDownLatch(most);
            var questions = new ArrayList<Future<?>>();
            for (int i = 0; i < most; i++)
                questions.add(threads.submit(() -> queries.answer(() -> {
                    begun.countDown();
                    return warehouse.query(ENDLESS, row -> row.longValue("n"));
                })));
            assertThat(begun.await(3, TimeUnit.SECONDS)).isTrue();
            for (int i = 0; i < 100; i++)
                assertThat(threads.submit(Thread.currentThread()::threadId).get())
                        .isPositive();
            assertThat(questions).noneMatch(Future::isDone);
        }
    }

    @Test
    void moreQuestionsAtOnceThanCarriersAreRefused() {
        assertThatThrownBy(() -> new AdHocSettings(Duration.ofSeconds(1), 10_000))
                .hasMessageContaining("rekindle.ad-hoc.at-once is 10000; here it is at most");
    }

    @Test
    void onlySoManyAreAnsweredAtOnceAndSoManyWait() throws Exception {
        var queries = new AdHocQueries(new AdHocSettings(Duration.ofMinutes(5), 2));
        var started = new CountDownLatch(2);
        var go = new CountDownLatch(1);
        var running = new AtomicInteger();
        var most = new AtomicInteger();
        Callable<Integer> question = () -> queries.answer(() -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            started.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return running.decrementAndGet();
        });
        var codes = new ArrayList<String>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var asked = new ArrayList<Future<Integer>>();
            for (int i = 0; i < 30; i++) asked.add(threads.submit(question));
            started.await();
            // Two run and eight wait; the others are told at once, so that nobody holds up who waits.
            while (asked.stream().filter(Future::isDone).count() < 20) LockSupport.parkNanos(1_000_000);
            go.countDown();
            for (var one : asked) codes.add(one.state() == Future.State.FAILED ? code(one) : answered(one));
        }
        assertThat(codes.stream().filter("too_many_queries"::equals)).hasSize(20);
        assertThat(codes.stream().filter("answered"::equals)).hasSize(10);
        assertThat(most).hasValue(2);
        assertThat(queries.answer(() -> List.of(1))).containsExactly(1);
    }

    private static String code(Future<?> failed) {
        return ((Problem) failed.exceptionNow()).code();
    }

    private static String answered(Future<?> one) throws Exception {
        one.get();
        return "answered";
    }
}
