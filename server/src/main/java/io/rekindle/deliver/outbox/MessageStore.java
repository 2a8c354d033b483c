package io.rekindle.deliver.outbox;

import io.rekindle.common.CustomerId;
import io.rekindle.consent.Category;
import io.rekindle.decide.OutgoingMessage;
import io.rekindle.decide.OutgoingRun;
import io.rekindle.deliver.MessageState;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.stereotype.Component;

/**
 * The outbox tables. Every change of a message's state is made together with its row in {@code message_changes}, in the
 * caller's transaction.
 */
@Component
class MessageStore {
    private static final int COPY_PIECE = 1 << 16;

    private final JdbcClient jdbc;
    private final DataSource dataSource;

    MessageStore(JdbcClient jdbc, DataSource dataSource) {
        this.jdbc = jdbc;
        this.dataSource = dataSource;
    }

    /** Takes a run and its messages in, all ready, in one COPY. */
    void enqueue(OutgoingRun run, Stream<OutgoingMessage> messages, Instant now) {
        jdbc.sql("""
                        insert into message_runs (run_id, campaign_id, purpose, channel, topic, category, template_id,
                                                  template_version, offer_id, window_from, window_to, expires_at, last_merge)
                        values (:run, :campaign, :purpose, :channel, :topic, :category, :template, :version, :offer, :from, :to, :expires,
                                :lastMerge)
                        """)
                .param("run", run.runId())
                .param("campaign", run.campaignId())
                .param("purpose", run.purpose())
                .param("channel", run.channel())
                .param("topic", run.topic(), Types.VARCHAR)
                .param("category", run.category().code())
                .param("template", run.templateId())
                .param("version", run.templateVersion())
                .param("offer", run.offerId(), Types.BIGINT)
                .param("from", run.windowFrom())
                .param("to", run.windowTo())
                .param("expires", utc(run.expiresAt()))
                .param("lastMerge", run.lastMerge())
                .update();
        copy(run, messages, now);
        jdbc.sql("""
                        insert into message_changes (message_id, state, changed_at)
                        select message_id, state, changed_at from messages where run_id = :run
                        """).param("run", run.runId()).update();
    }

    private void copy(OutgoingRun run, Stream<OutgoingMessage> messages, Instant now) {
        var connection = DataSourceUtils.getConnection(dataSource);
        try {
            var copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn("""
                    copy messages (message_id, decision_id, run_id, campaign_id, customer_id, state, due_at, changed_at)
                    from stdin""");
            try {
                var common = "\t%d\t%d\t".formatted(run.runId(), run.campaignId());
                var times = "\tready\t%s\t%s\n".formatted(run.plannedAt(), now);
                var piece = new StringBuilder(COPY_PIECE + 256);
                for (var message : (Iterable<OutgoingMessage>) messages::iterator) {
                    piece.append(message.messageId())
                            .append('\t')
                            .append(message.decisionId())
                            .append(common)
                            .append(message.customer().value())
                            .append(times);
                    if (piece.length() >= COPY_PIECE) {
                        var bytes = piece.toString().getBytes(StandardCharsets.US_ASCII);
                        copy.writeToCopy(bytes, 0, bytes.length);
                        piece.setLength(0);
                    }
                }
                var rest = piece.toString().getBytes(StandardCharsets.US_ASCII);
                copy.writeToCopy(rest, 0, rest.length);
                copy.endCopy();
            } finally {
                if (copy.isActive()) copy.cancelCopy();
            }
        } catch (SQLException e) {
            throw new DataAccessResourceFailureException(
                    "the messages of run %d could not be taken in".formatted(run.runId()), e);
        } finally {
            DataSourceUtils.releaseConnection(connection, dataSource);
        }
    }

    /** A number for this start of the server, greater than every earlier one. */
    long newStart() {
        return jdbc.sql("update delivery_counters set last_start = last_start + 1 returning last_start")
                .query(Long.class)
                .single();
    }

    /** Due messages, longest due first, without those that are in hand already. */
    List<DueMessage> due(Instant now, Collection<Long> inHand, int limit) {
        return jdbc.sql("""
                        select m.message_id, m.decision_id, m.customer_id, m.attempts, m.excused_attempts, m.due_at, r.run_id, r.campaign_id,
                               r.purpose, r.channel, r.topic, r.category, r.template_id, r.template_version, r.offer_id, r.window_from,
                               r.window_to, r.expires_at, r.last_merge, r.withdrawn
                        from messages m join message_runs r on r.run_id = m.run_id
                        where m.state in ('ready', 'deferred') and m.due_at <= :now and m.message_id <> all(:inHand)
                        order by m.due_at, m.message_id
                        limit :limit
                        """)
                .param("now", utc(now))
                .param("inHand", inHand.toArray(Long[]::new))
                .param("limit", limit)
                .query(MessageStore::dueMessage)
                .list();
    }

    /** How many messages are due or being sent, counted up to {@code most}, and runs whose end is not yet told. */
    long open(Instant now, int most) {
        return open(now, most, true);
    }

    /** The same; {@code due} says whether messages count that are due. */
    long open(Instant now, int most, boolean due) {
        // One statement, so that a message that passes from one state to the next meanwhile is seen in one of them.
        return jdbc.sql("""
                        select (select count(*) from (
                                   select 1 from messages
                                   where :due and state in ('ready', 'deferred') and due_at <= :now limit :most) due)
                             + (select count(*) from (
                                   select 1 from messages where state = 'sending' limit :most) sending)
                             + (select count(*) from message_runs r
                                where not r.finished and not exists (
                                   select 1 from messages m
                                   where m.run_id = r.run_id and m.state in ('ready', 'sending', 'deferred')))
                        """)
                .param("now", utc(now))
                .param("due", due)
                .param("most", most)
                .query(Long.class)
                .single();
    }

    /**
     * Locks a message that is still to be sent; false when it is not, or when somebody else has it. For the rest of the
     * transaction PostgreSQL keeps the plans of prepared statements: left to itself it would plan the one that takes
     * permission anew for each message, which costs several times as much as the statement.
     */
    boolean claim(DueMessage message) {
        return jdbc.sql("""
                        select 1, set_config('plan_cache_mode', 'force_generic_plan', true) from messages m
                        where message_id = :id and state in ('ready', 'deferred') and attempts = :attempts
                          and not exists (select 1 from message_runs r where r.run_id = m.run_id and r.withdrawn)
                        for update skip locked
                        """)
                .param("id", message.messageId())
                .param("attempts", message.attempts())
                .query((r, n) -> true)
                .optional()
                .isPresent();
    }

    /** Marks a claimed message as being sent by this start of the server. */
    void begin(DueMessage message, long addressHash, long start, Instant now) {
        jdbc.sql("""
                        with changed as (
                            update messages
                            set state = 'sending', reason = null, detail = null, attempts = attempts + 1,
                                sender = :start, address_hash = :address, changed_at = :now
                            where message_id = :id
                            returning message_id, state, changed_at)
                        insert into message_changes (message_id, state, changed_at)
                        select message_id, state, changed_at from changed
                        """)
                .param("id", message.messageId())
                .param("start", start)
                .param("address", addressHash)
                .param("now", utc(now))
                .update();
    }

    /**
     * Writes down what became of an attempt to send a message. The attempt is named, so that a repeated call cannot end
     * a later one. What would be tried again is skipped when its run was withdrawn meanwhile.
     *
     * @return the state it has now; empty when it was written down before
     */
    Optional<MessageState> end(Ending ending) {
        return jdbc.sql("""
                        with changed as (
                            update messages m
                            set state = case when again.off then 'skipped' else :state end,
                                reason = case when again.off then 'cancelled' else :reason end,
                                detail = :detail, changed_at = :at, due_at = coalesce(:dueAt, due_at),
                                excused_attempts = excused_attempts + :excused,
                                sent_at = case when :state = 'sent' then :at else sent_at end
                            from (select r.run_id, r.withdrawn and :state = 'deferred' as off from message_runs r) again
                            where m.message_id = :id and m.state = 'sending' and m.attempts = :attempt
                              and again.run_id = m.run_id
                            returning m.message_id, m.state, m.reason, m.detail, m.changed_at)
                        insert into message_changes (message_id, state, reason, detail, changed_at)
                        select message_id, state, reason, detail, changed_at from changed
                        returning state
                        """)
                .param("id", ending.message().messageId())
                .param("attempt", ending.message().attempts() + 1)
                .param("state", ending.state().code())
                .param("reason", ending.reason(), Types.VARCHAR)
                .param("detail", ending.detail(), Types.VARCHAR)
                .param("at", utc(ending.at()))
                .param("excused", ending.excused() ? 1 : 0)
                .param("dueAt", ending.dueAt() == null ? null : utc(ending.dueAt()), Types.TIMESTAMP_WITH_TIMEZONE)
                .query((r, n) -> MessageState.of(r.getString("state")))
                .optional();
    }

    /** Skips a message that is still to be sent; false when it is not any more. */
    boolean skip(DueMessage message, String reason, @Nullable String detail, Instant now) {
        return jdbc.sql("""
                        with changed as (
                            update messages set state = 'skipped', reason = :reason, detail = :detail, changed_at = :now
                            where message_id = :id and state in ('ready', 'deferred') and attempts = :attempts
                            returning message_id, state, reason, detail, changed_at)
                        insert into message_changes (message_id, state, reason, detail, changed_at)
                        select message_id, state, reason, detail, changed_at from changed
                        """)
                        .param("id", message.messageId())
                        .param("attempts", message.attempts())
                        .param("reason", reason)
                        .param("detail", detail, Types.VARCHAR)
                        .param("now", utc(now))
                        .update()
                == 1;
    }

    /** From now on nothing of a run is begun to be sent, and what is being sent is not tried again. */
    void withdraw(long runId) {
        jdbc.sql("update message_runs set withdrawn = true where run_id = :run")
                .param("run", runId)
                .update();
    }

    /**
     * Skips every message of a run that is not being sent or past that.
     *
     * @return those of them that were tried before, for which something may have been taken
     */
    List<Long> skipRun(long runId, String reason, Instant now) {
        return jdbc.sql("""
                        with changed as (
                            update messages set state = 'skipped', reason = :reason, detail = null, changed_at = :now
                            where run_id = :run and state in ('ready', 'deferred')
                            returning message_id, state, reason, changed_at, attempts),
                        noted as (
                            insert into message_changes (message_id, state, reason, changed_at)
                            select message_id, state, reason, changed_at from changed)
                        select message_id from changed where attempts > 0
                        """)
                .param("run", runId)
                .param("reason", reason)
                .param("now", utc(now))
                .query((r, n) -> r.getLong("message_id"))
                .list();
    }

    /** Moves a message that is still to be sent to another time. */
    void postpone(DueMessage message, Instant to) {
        jdbc.sql("""
                        update messages set due_at = :to
                        where message_id = :id and state in ('ready', 'deferred') and attempts = :attempts
                        """)
                .param("to", utc(to))
                .param("id", message.messageId())
                .param("attempts", message.attempts())
                .update();
    }

    /** Moves the due messages of a run to another time. */
    int postponeRun(long runId, Instant to, Instant now) {
        return jdbc.sql("""
                        update messages set due_at = :to
                        where run_id = :run and state in ('ready', 'deferred') and due_at <= :now
                        """)
                .param("to", utc(to))
                .param("run", runId)
                .param("now", utc(now))
                .update();
    }

    /** What an earlier start of the server left being sent is in doubt. */
    int doubt(long start, Instant now) {
        return jdbc.sql("""
                        with changed as (
                            update messages
                            set state = 'in_doubt', reason = 'interrupted', changed_at = :now,
                                detail = 'the server stopped between handing it over and hearing the answer'
                            where state = 'sending' and sender < :start
                            returning message_id, state, reason, detail, changed_at)
                        insert into message_changes (message_id, state, reason, detail, changed_at)
                        select message_id, state, reason, detail, changed_at from changed
                        """).param("start", start).param("now", utc(now)).update();
    }

    /** A run of a campaign. */
    record Run(long runId, long campaignId) {}

    /** Marks runs that have nothing left to send as finished; each is returned once. */
    List<Run> finishRuns() {
        return jdbc.sql("""
                        update message_runs r set finished = true
                        where not r.finished and not exists (
                            select 1 from messages m
                            where m.run_id = r.run_id and m.state in ('ready', 'sending', 'deferred'))
                        returning r.run_id, r.campaign_id
                        """)
                .query((r, n) -> new Run(r.getLong("run_id"), r.getLong("campaign_id")))
                .list();
    }

    private static DueMessage dueMessage(ResultSet r, int n) throws SQLException {
        return new DueMessage(
                r.getLong("message_id"),
                r.getLong("decision_id"),
                new CustomerId(r.getLong("customer_id")),
                r.getInt("attempts"),
                r.getInt("excused_attempts"),
                new OutgoingRun(
                        r.getLong("run_id"),
                        r.getLong("campaign_id"),
                        r.getString("purpose"),
                        r.getString("channel"),
                        r.getString("topic"),
                        Category.of(r.getString("category")),
                        r.getLong("template_id"),
                        r.getInt("template_version"),
                        r.getObject("offer_id", Long.class),
                        r.getObject("due_at", OffsetDateTime.class).toInstant(),
                        r.getObject("window_from", LocalTime.class),
                        r.getObject("window_to", LocalTime.class),
                        r.getObject("expires_at", OffsetDateTime.class).toInstant(),
                        r.getLong("last_merge")),
                r.getBoolean("withdrawn"));
    }

    private static OffsetDateTime utc(Instant at) {
        return OffsetDateTime.ofInstant(at, ZoneOffset.UTC);
    }
}
