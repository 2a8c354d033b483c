package io.rekindle.consent;

import io.rekindle.platform.Backlog;
import io.rekindle.platform.LastingThreads;
import io.rekindle.platform.WriteGate;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Warehouse;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Takes changes made by hand or by a link to the history. A change is in PostgreSQL with the transaction that made it;
 * it gets its batch there before the warehouse sees it, so that after a crash the same batch comes again, and it is
 * deleted only when the warehouse has it.
 */
@Component
class ConsentRelay implements Backlog, SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(ConsentRelay.class);
    private static final long LOOK_AGAIN_SECONDS = 5;

    private final JdbcClient jdbc;
    private final Warehouse warehouse;
    private final WriteGate gate;
    private final TransactionTemplate transaction;
    private final Semaphore news = new Semaphore(1);
    private volatile boolean running;
    private volatile @Nullable String failure;
    private @Nullable Thread thread;

    ConsentRelay(JdbcClient jdbc, Warehouse warehouse, WriteGate gate, TransactionTemplate transaction) {
        this.jdbc = jdbc;
        this.warehouse = warehouse;
        this.gate = gate;
        this.transaction = transaction;
    }

    @Override
    public String name() {
        return "consent changes on their way to the history";
    }

    @Override
    public long pending() {
        return jdbc.sql("select count(*) from consent_changes_pending")
                .query(Long.class)
                .single();
    }

    @Override
    public void wake() {
        news.release();
    }

    @Override
    public Optional<String> failure() {
        return Optional.ofNullable(failure);
    }

    /** Takes everything there is to the history; one caller at a time. */
    synchronized void relay() {
        gate.write(() -> {
            transaction.executeWithoutResult(status -> jdbc.sql("""
                            update consent_changes_pending set batch = 'by-hand:' ||
                                (select max(id) from consent_changes_pending where batch is null)
                            where batch is null
                            """).update());
            for (var batch : jdbc.sql("select distinct batch from consent_changes_pending where batch is not null")
                    .query((row, n) -> row.getString("batch"))
                    .list()) {
                append(batch);
                jdbc.sql("delete from consent_changes_pending where batch = :batch")
                        .param("batch", batch)
                        .update();
            }
        });
    }

    private void append(String batch) {
        record Change(
                long customer,
                String purpose,
                String channel,
                boolean granted,
                String source,
                Instant at,
                @Nullable String topic,
                @Nullable String wording) {}
        List<Change> changes = jdbc.sql("""
                        select p.customer_id, p.purpose, p.channel, p.granted, p.source, p.set_at, nullif(p.topic, '') as topic,
                            e.wording
                        from consent_changes_pending p left join consent_evidence e on e.id = p.evidence
                        where p.batch = :batch order by p.id
                        """)
                .param("batch", batch)
                .query((row, n) -> new Change(
                        row.getLong("customer_id"),
                        row.getString("purpose"),
                        row.getString("channel"),
                        row.getBoolean("granted"),
                        row.getString("source"),
                        ConsentStore.instant(row, "set_at"),
                        row.getString("topic"),
                        row.getString("wording")))
                .list();
        warehouse.append("consent_changes", batch, Rows.written(rows -> {
            for (var change : changes)
                rows.value(change.customer())
                        .value(change.purpose())
                        .value(change.channel())
                        .value(change.granted())
                        .value(change.source())
                        .value(change.at())
                        .value(0L)
                        .value(change.topic())
                        .value(change.wording())
                        .end();
        }));
    }

    /** Looks for changes once the transaction under way has committed. */
    void wakeAfterCommit() {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                news.release();
            }
        });
    }

    @Override
    public void start() {
        running = true;
        thread = LastingThreads.start("consent-relay", this::run);
    }

    private void run() {
        while (running) {
            try {
                if (news.tryAcquire(LOOK_AGAIN_SECONDS, TimeUnit.SECONDS)) news.drainPermits();
                if (running) relay();
                failure = null;
            } catch (InterruptedException stopped) {
                return;
            } catch (RuntimeException | Error e) {
                failure = String.valueOf(e);
                LOG.error("consent changes could not be taken to the history; tried again in a moment", e);
            }
        }
    }

    @Override
    public void stop() {
        running = false;
        news.release();
        var current = thread;
        if (current == null) return;
        try {
            current.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
