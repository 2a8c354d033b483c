package io.rekindle.deliver.relay;

import io.rekindle.collect.EventLog;
import io.rekindle.common.CustomerId;
import io.rekindle.deliver.LifecycleEvent;
import io.rekindle.deliver.MessageState;
import io.rekindle.platform.Backlog;
import io.rekindle.platform.LastingThreads;
import io.rekindle.platform.WriteGate;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Warehouse;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * Relays every change of a message's state to the warehouse, once, and tells the log of deliveries and bounces.
 *
 * <p>Rows of {@code message_changes} become visible in another order than they are numbered, so "all above the last
 * number" would lose some. Instead a batch is fixed in PostgreSQL first, appended under its number, and deleted; after a
 * crash the same batch is appended again, which the warehouse knows to be a repetition.
 */
@Component
class MessageRelay implements Backlog, SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(MessageRelay.class);
    private static final int BATCH = 10_000;
    /** Failures the mail server decided; the others are our own and tell nothing of the recipient. */
    private static final Set<String> BOUNCES =
            Set.of("address_refused", "recipient_refused", "message_refused", "gave_up");

    /** The reason of a message that was sent and came back. */
    private static final String BOUNCED_SINCE = "bounced";

    /** Between two looks, unless more is waiting than one batch holds: each batch costs every reader of the log a turn. */
    private static final Duration GLANCE = Duration.ofMillis(250);

    private static final Duration AFTER_TROUBLE = Duration.ofSeconds(1);
    private static final Duration PATIENCE_AT_STOP = Duration.ofSeconds(20);

    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final Warehouse warehouse;
    private final EventLog log;
    private final WriteGate gate;
    private final JsonMapper json;
    private volatile boolean running;
    private volatile @Nullable String failure;
    private volatile @Nullable Thread thread;

    MessageRelay(
            JdbcClient jdbc,
            TransactionTemplate transaction,
            Warehouse warehouse,
            EventLog log,
            WriteGate gate,
            JsonMapper json) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.warehouse = warehouse;
        this.log = log;
        this.gate = gate;
        this.json = json;
    }

    private record Change(
            long messageId,
            long decisionId,
            long runId,
            long campaignId,
            long customerId,
            String channel,
            String state,
            @Nullable String reason,
            @Nullable String detail,
            Instant changedAt,
            @Nullable Long addressHash) {}

    @Override
    public String name() {
        return "message relay";
    }

    @Override
    public long pending() {
        return jdbc.sql("select count(*) from (select 1 from message_changes limit 10000) waiting")
                .query(Long.class)
                .single();
    }

    @Override
    public void wake() {
        var current = thread;
        if (current != null) LockSupport.unpark(current);
    }

    @Override
    public Optional<String> failure() {
        return Optional.ofNullable(failure);
    }

    @Override
    public void start() {
        running = true;
        thread = LastingThreads.start("message-relay", this::run);
    }

    @Override
    public void stop() {
        running = false;
        var stopping = thread;
        thread = null;
        if (stopping == null) return;
        LockSupport.unpark(stopping);
        try {
            if (!stopping.join(PATIENCE_AT_STOP))
                LOG.warn("the message relay does not stop; it goes on at the next start");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void run() {
        while (running) {
            try {
                boolean more = relayedWholeBatch();
                failure = null;
                if (!more) LockSupport.parkNanos(GLANCE.toNanos());
            } catch (RuntimeException | Error e) {
                failure = String.valueOf(e);
                LOG.warn("message changes cannot be relayed, trying again", e);
                LockSupport.parkNanos(AFTER_TROUBLE.toNanos());
            }
        }
    }

    /** Relays what is waiting; whether that was as much as one batch holds. */
    private boolean relayedWholeBatch() {
        var fixed = gate.write(() -> {
            var batch = fixBatch();
            return batch.map(number -> {
                var changes = changes(number);
                append(number, changes);
                return new Fixed(number, changes);
            });
        });
        if (fixed.isEmpty()) return false;
        var events = fixed.get().changes().stream()
                .flatMap(change -> event(change).stream())
                .toList();
        if (!events.isEmpty()) log.accept(events);
        jdbc.sql("delete from message_changes where batch = :batch")
                .param("batch", fixed.get().number())
                .update();
        return fixed.get().changes().size() >= BATCH;
    }

    private record Fixed(long number, List<Change> changes) {}

    private Optional<Long> fixBatch() {
        var begun = jdbc.sql("select batch from message_changes where batch is not null limit 1")
                .query(Long.class)
                .optional();
        if (begun.isPresent()) return begun;
        return Optional.ofNullable(transaction.execute(status -> {
            long next = jdbc.sql("update delivery_counters set last_batch = last_batch + 1 returning last_batch")
                    .query(Long.class)
                    .single();
            int rows = jdbc.sql("""
                            update message_changes set batch = :batch
                            where id in (select id from message_changes where batch is null order by id limit :most)
                            """).param("batch", next).param("most", BATCH).update();
            if (rows > 0) return next;
            status.setRollbackOnly();
            return null;
        }));
    }

    private List<Change> changes(long batch) {
        return jdbc.sql("""
                        select c.message_id, m.decision_id, m.run_id, m.campaign_id, m.customer_id, r.channel,
                               c.state, c.reason, c.detail, c.changed_at, m.address_hash
                        from message_changes c join messages m on m.message_id = c.message_id
                             join message_runs r on r.run_id = m.run_id
                        where c.batch = :batch order by c.id
                        """)
                .param("batch", batch)
                .query((r, n) -> new Change(
                        r.getLong("message_id"),
                        r.getLong("decision_id"),
                        r.getLong("run_id"),
                        r.getLong("campaign_id"),
                        r.getLong("customer_id"),
                        r.getString("channel"),
                        r.getString("state"),
                        r.getString("reason"),
                        r.getString("detail"),
                        r.getObject("changed_at", OffsetDateTime.class).toInstant(),
                        r.getObject("address_hash", Long.class)))
                .list();
    }

    private void append(long batch, List<Change> changes) {
        warehouse.append("messages", "deliver:" + batch, Rows.written(rows -> {
            for (var change : changes) {
                rows.value(change.messageId());
                rows.value(change.decisionId());
                rows.value(change.runId());
                rows.value(change.campaignId());
                rows.value(change.customerId());
                rows.value(change.channel());
                rows.value(change.state());
                rows.value(change.reason());
                rows.value(change.changedAt());
                rows.value(change.detail());
                rows.end();
            }
        }));
    }

    /** What other parts hear of through the log: that it arrived, or came back. */
    private Optional<EventLog.OwnEvent> event(Change change) {
        // Heard from the log itself.
        if (BOUNCED_SINCE.equals(change.reason())) return Optional.empty();
        var properties = json.createObjectNode()
                .put("message_id", Long.toString(change.messageId()))
                .put("decision_id", Long.toString(change.decisionId()))
                .put("campaign_id", change.campaignId());
        String name;
        if (change.state().equals(MessageState.SENT.code())) {
            name = LifecycleEvent.DELIVERED.of(change.channel());
        } else if (change.state().equals(MessageState.FAILED.code())
                && BOUNCES.contains(String.valueOf(change.reason()))) {
            name = LifecycleEvent.BOUNCED.of(change.channel());
            properties.put("bounce_type", "address_refused".equals(change.reason()) ? "hard" : "soft");
            if (change.addressHash() != null) properties.put("address_hash", Long.toString(change.addressHash()));
        } else {
            return Optional.empty();
        }
        if (change.reason() != null) properties.put("reason", change.reason());
        return Optional.of(new EventLog.OwnEvent(
                "rekindle:%d:%s".formatted(change.messageId(), change.state()),
                name,
                new CustomerId(change.customerId()),
                change.changedAt(),
                properties.toString()));
    }
}
