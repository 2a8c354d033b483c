package io.rekindle.platform.jobs;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Job;
import io.rekindle.platform.SystemClock;
import io.rekindle.testing.TestPostgres;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class DbSchedulerJobsTest {
    private static final Instant NOW = Instant.parse("2026-03-01T09:00:00Z");

    @Test
    void aJobThatEndsInAnErrorIsSeenAndKeptAndOthersStillRun() {
        var database = newDatabase();
        Queue<String> done = new ConcurrentLinkedQueue<>();
        var jobs = jobs(database, named("counting", instance -> {
            if (instance.startsWith("bad")) throw new OutOfMemoryError("injected");
            done.add(instance);
        }));
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

    @Test
    void aJobAskedForWhileItIsWorkedOnComesAgain() {
        var database = newDatabase();
        var jdbc = JdbcClient.create(database);
        Queue<Instant> done = new ConcurrentLinkedQueue<>();
        var itself = new AtomicReference<DbSchedulerJobs>();
        var jobs = jobs(database, named("again", instance -> {
            done.add(NOW);
            var next = done.size() < 3 ? NOW : NOW.plusSeconds(3600);
            requireNonNull(itself.get()).schedule("again", instance, next);
            if (instance.equals("cancelled")) requireNonNull(itself.get()).cancel("again", instance);
        }));
        itself.set(jobs);
        jobs.start();
        try {
            jobs.schedule("again", "hourly", NOW);
            await(() -> done.size() == 3 && jobs.pending() == 0);
            jobs.schedule("again", "cancelled", NOW);
            await(() -> done.size() == 4 && jobs.pending() == 0);
            assertThat(jdbc.sql("select task_instance, execution_time from scheduled_tasks")
                            .query((row, n) -> row.getString(1) + " "
                                    + row.getObject(2, OffsetDateTime.class).toInstant())
                            .list())
                    .containsExactly("hourly 2026-03-01T10:00:00Z");
        } finally {
            jobs.stop();
        }
    }

    @Test
    void whatAKilledServerWasWorkingOnIsDoneByTheNextOneAtOnce() {
        var database = newDatabase();
        JdbcClient.create(database)
                .sql("""
                        insert into scheduled_tasks
                            (task_name, task_instance, execution_time, picked, picked_by, last_heartbeat, version)
                        values ('killed', 'it', :now, true, 'the server before', :now, 4)
                        """)
                .param("now", OffsetDateTime.ofInstant(NOW, ZoneOffset.UTC))
                .update();
        Queue<String> done = new ConcurrentLinkedQueue<>();
        var jobs = jobs(database, named("killed", done::add));
        jobs.start();
        try {
            await(() -> jobs.pending() == 0);
            assertThat(done).containsExactly("it");
        } finally {
            jobs.stop();
        }
    }

    private static Job named(String name, Consumer<String> work) {
        return new Job() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public void run(String instance) {
                work.accept(instance);
            }
        };
    }

    private static DataSource newDatabase() {
        var place = TestPostgres.newDatabase();
        var database = new DriverManagerDataSource(place.url(), place.user(), place.password());
        Flyway.configure()
                .dataSource(database)
                .locations("classpath:db/migration/platform")
                .load()
                .migrate();
        return database;
    }

    private static DbSchedulerJobs jobs(DataSource database, Job job) {
        return new DbSchedulerJobs(
                database,
                JdbcClient.create(database),
                new BusinessClock(new SystemClock(Clock.fixed(NOW, ZoneOffset.UTC)), ZoneOffset.UTC),
                new StaticListableBeanFactory(Map.of("job", job)).getBeanProvider(Job.class));
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + 60_000_000_000L;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) throw new AssertionError("waited in vain");
            LockSupport.parkNanos(10_000_000);
        }
    }
}
