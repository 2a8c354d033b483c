package io.rekindle.platform.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Job;
import io.rekindle.platform.SystemClock;
import io.rekindle.testing.TestPostgres;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class ErrorsInJobsTest {
    private static final Instant NOW = Instant.parse("2026-03-01T09:00:00Z");

    @Test
    void aJobThatEndsInAnErrorIsSeenAndKeptAndOthersStillRun() {
        var place = TestPostgres.newDatabase();
        var database = new DriverManagerDataSource(place.url(), place.user(), place.password());
        Flyway.configure()
                .dataSource(database)
                .locations("classpath:db/migration/platform")
                .load()
                .migrate();
        Queue<String> done = new ConcurrentLinkedQueue<>();
        var job = new Job() {
            @Override
            public String name() {
                return "counting";
            }

            @Override
            public void run(String instance) {
                if (instance.startsWith("bad")) throw new OutOfMemoryError("injected");
                done.add(instance);
            }
        };
        var jobs = new DbSchedulerJobs(
                database,
                JdbcClient.create(database),
                new BusinessClock(new SystemClock(Clock.fixed(NOW, ZoneOffset.UTC)), ZoneOffset.UTC),
                new StaticListableBeanFactory(Map.of("job", job)).getBeanProvider(Job.class));
        jobs.start();
        try {
            // More errors than there are threads.
            for (int i = 0; i < 4; i++) jobs.schedule("counting", "bad" + i, NOW);
            jobs.wake();
            await(() -> jobs.failure().isPresent() && jobs.pending() == 0);
            assertThat(jobs.failure().orElseThrow()).contains("counting", "OutOfMemoryError: injected");
            jobs.schedule("counting", "good", NOW);
            jobs.wake();
            await(() -> done.contains("good") && jobs.failure().isEmpty());
            assertThat(JdbcClient.create(database)
                            .sql("select task_instance from scheduled_tasks where not picked order by 1")
                            .query(String.class)
                            .list())
                    .as("what failed is tried again later")
                    .containsExactly("bad0", "bad1", "bad2", "bad3");
        } finally {
            jobs.stop();
        }
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + 60_000_000_000L;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) throw new AssertionError("waited in vain");
            LockSupport.parkNanos(10_000_000);
        }
    }
}
