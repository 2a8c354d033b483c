package io.rekindle.platform.jobs;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.FailureHandler;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.Schedules;
import io.rekindle.platform.Backlog;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Job;
import io.rekindle.platform.Jobs;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Jobs on db-scheduler. It is given the business clock: its heartbeats would look stale after a jump of that clock, but
 * the clock moves only while no job is running.
 */
@Component
class DbSchedulerJobs implements Jobs, Backlog, SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(DbSchedulerJobs.class);

    private static final Duration RETRY_AFTER = Duration.ofMinutes(5);

    private final DataSource dataSource;
    private final JdbcClient jdbc;
    private final BusinessClock clock;
    private final ObjectProvider<Job> jobs;
    private final Map<String, String> failures = new ConcurrentSkipListMap<>();
    private volatile @Nullable Scheduler scheduler;

    DbSchedulerJobs(DataSource dataSource, JdbcClient jdbc, BusinessClock clock, ObjectProvider<Job> jobs) {
        this.dataSource = dataSource;
        this.jdbc = jdbc;
        this.clock = clock;
        this.jobs = jobs;
    }

    @Override
    public void schedule(String job, String instance, Instant due) {
        jdbc.sql("""
                        insert into scheduled_tasks (task_name, task_instance, execution_time, picked, version)
                        values (:job, :instance, :due, false, 1)
                        on conflict (task_name, task_instance) do update set
                            execution_time = case when scheduled_tasks.picked
                                then scheduled_tasks.execution_time else excluded.execution_time end,
                            again_at = case when scheduled_tasks.picked then excluded.execution_time end
                        """)
                .param("job", job)
                .param("instance", instance)
                .param("due", OffsetDateTime.ofInstant(due, ZoneOffset.UTC))
                .update();
        if (!due.isAfter(clock.instant())) wakeAfterCommit();
    }

    /** The scheduler counts its pauses by the business clock too: while that is held, nothing else ends them. */
    private void wakeAfterCommit() {
        if (!TransactionSynchronizationManager.isSynchronizationActive()) {
            wake();
            return;
        }
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                wake();
            }
        });
    }

    @Override
    public void cancel(String job, String instance) {
        jdbc.sql("""
                        with working as (
                            update scheduled_tasks set again_at = null
                            where task_name = :job and task_instance = :instance and picked)
                        delete from scheduled_tasks
                        where task_name = :job and task_instance = :instance and not picked
                        """).param("job", job).param("instance", instance).update();
    }

    @Override
    public String name() {
        return "jobs";
    }

    @Override
    public long pending() {
        return jdbc.sql("select count(*) from scheduled_tasks where execution_time <= :now or picked")
                .param("now", OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC))
                .query(Long.class)
                .single();
    }

    /** Of each job whose last run failed. */
    @Override
    public Optional<String> failure() {
        var words = failures.entrySet().stream()
                .map(failed -> failed.getKey() + ": " + failed.getValue())
                .collect(Collectors.joining("; "));
        return words.isEmpty() ? Optional.empty() : Optional.of(words);
    }

    @Override
    public void wake() {
        var current = scheduler;
        if (current != null) current.triggerCheckForDueExecutions();
    }

    @Override
    public void start() {
        releaseWhatAKilledServerHad();
        var recurring = new ArrayList<com.github.kagkarlsson.scheduler.task.helper.RecurringTask<Void>>();
        var oneTime = new ArrayList<Task<?>>();
        jobs.orderedStream().forEach(job -> {
            if (job.daily().isPresent()) {
                recurring.add(Tasks.recurring(
                                job.name(),
                                Schedules.daily(clock.zone(), job.daily().get()))
                        .execute((instance, context) -> run(job, "daily")));
            } else {
                oneTime.add(Tasks.custom(job.name(), Void.class)
                        .onFailure(new FailureHandler.OnFailureRetryLater<>(RETRY_AFTER))
                        .onDeadExecutionRevive()
                        .execute((instance, context) -> {
                            run(job, instance.getId());
                            return (complete, operations) -> done(job.name(), instance.getId());
                        }));
            }
        });
        var built = Scheduler.create(new TransactionAwareDataSourceProxy(dataSource), List.copyOf(oneTime))
                .startTasks(recurring)
                .clock(clock::instant)
                .pollingInterval(Duration.ofSeconds(1))
                .threads(2)
                .alwaysPersistTimestampInUTC()
                .shutdownMaxWait(Duration.ofSeconds(20))
                .build();
        built.start();
        scheduler = built;
    }

    /** Only this process works on this database, so what is being worked on now died with the one before. */
    private void releaseWhatAKilledServerHad() {
        jdbc.sql("""
                        update scheduled_tasks set picked = false, picked_by = null, last_heartbeat = null, version = version + 1
                        where picked
                        """).update();
    }

    /** Off the calendar, or due again if that was asked for meanwhile. */
    private void done(String job, String instance) {
        while (true) {
            int again =
                    jdbc.sql("""
                            update scheduled_tasks set execution_time = again_at, again_at = null, picked = false,
                                picked_by = null, last_heartbeat = null, consecutive_failures = 0, version = version + 1
                            where task_name = :job and task_instance = :instance and again_at is not null
                            """).param("job", job).param("instance", instance).update();
            if (again == 1) {
                wake();
                return;
            }
            int gone =
                    jdbc.sql("""
                            delete from scheduled_tasks
                            where task_name = :job and task_instance = :instance and again_at is null
                            """).param("job", job).param("instance", instance).update();
            if (gone == 1) return;
        }
    }

    private void run(Job job, String instance) {
        try {
            job.run(instance);
            failures.remove(job.name());
        } catch (RuntimeException | Error e) {
            failures.put(job.name(), String.valueOf(e));
            LOG.error("job {} ({}) failed and will be tried again", job.name(), instance, e);
            throw e;
        }
    }

    @Override
    public void stop() {
        var current = scheduler;
        if (current != null) current.stop();
        scheduler = null;
    }

    @Override
    public boolean isRunning() {
        return scheduler != null;
    }
}
