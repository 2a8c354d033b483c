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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.support.SqlArrayValue;
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
                    copy messages (message_id, decision_id, run_id, campaign_id, channel, customer_id, state, due_at, changed_at)
                    from stdin""");
            try {
                var common = "\t%d\t%d\t%s\t".formatted(run.runId(), run.campaignId(), run.channel());
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

    /**
     * A channel's due messages, longest due first, without those that are in hand already.
     *
     * @param campaigns also those of campaigns
     */
    List<DueMessage> due(String channel, Instant now, Collection<Long> inHand, boolean campaigns, int limit) {
        // A statement of its own each, so that each finds its messages by index.
        return jdbc.sql("""
                        select m.message_id, m.decision_id, m.customer_id, m.attempts, m.excused_attempts, m.due_at, r.run_id, r.campaign_id,
                               r.purpose, r.channel, r.topic, r.category, r.template_id, r.template_version, r.offer_id, r.window_from,
                               r.window_to, r.expires_at, r.last_merge, r.withdrawn
                        from messages m join message_runs r on r.run_id = m.run_id
                        where m.state in ('ready', 'deferred') and m.channel = :channel and m.due_at <= :now and m.message_id <> all(:inHand)
                            %s
                        order by m.due_at, m.message_id
                        limit :limit
                        """.formatted(campaigns ? "" : "and m.campaign_id = 0"))
                .param("channel", channel)
                .param("now", utc(now))
                .param("inHand", inHand.toArray(Long[]::new))
                .param("limit", limit)
                .query(MessageStore::dueMessage)
                .list();
    }

    /**
     * How many messages of these channels are due, and of any are being sent, counted up to {@code most}, and runs whose
     * end is not yet told.
     */
    long open(Instant now, int most, Collection<String> channels) {
        // One statement, so that a message that passes from one state to the next meanwhile is seen in one of them.
        return jdbc.sql("""
                        select (select count(*) from (
                                   select 1 from messages
                                   where state in ('ready', 'deferred') and channel = any(:channels) and due_at <= :now limit :most) due)
                             + (select count(*) from (
                                   select 1 from messages where state = 'sending' limit :most) sending)
                             + (select count(*) from message_runs r
                                where not r.finished and not exists (
                                   select 1 from messages m
                                   where m.run_id = r.run_id and m.state in ('ready', 'sending', 'deferred')))
                        """)
                .param("now", utc(now))
                .param("channels", texts(channels.stream()))
                .param("most", most)
                .query(Long.class)
                .single();
    }

    /**
     * Locks those of the messages that are still to be sent and that nobody else has; their ids. For the rest of the
     * transaction PostgreSQL keeps the plans of prepared statements: left to itself it would plan the one that takes
     * permission anew each time, which costs several times as much as the statement.
     */
    Set<Long> claim(List<DueMessage> messages) {
        return new HashSet<>(jdbc.sql("""
                        select m.message_id, set_config('plan_cache_mode', 'force_generic_plan', true)
                        from unnest(:ids, :attempts) as x (id, attempts)
                        join messages m on m.message_id = x.id and m.attempts = x.attempts
                        where m.state in ('ready', 'deferred')
                          and not exists (select 1 from message_runs r where r.run_id = m.run_id and r.withdrawn)
                        order by m.message_id
                        for update of m skip locked
                        """)
                .param("ids", bigints(messages.stream().map(DueMessage::messageId)))
                .param("attempts", ints(messages.stream().map(DueMessage::attempts)))
                .query((r, n) -> r.getLong("message_id"))
                .list());
    }

    /** Marks claimed messages as being sent by this start of the server, each to the address with that hash. */
    void begin(Map<DueMessage, Long> addressHashes, long start, Instant now) {
        if (addressHashes.isEmpty()) return;
        jdbc.sql("""
                        with changed as (
                            update messages m
                            set state = 'sending', reason = null, detail = null, attempts = attempts + 1,
                                sender = :start, address_hash = x.address, changed_at = :now
                            from unnest(:ids, :addresses) as x (id, address)
                            where m.message_id = x.id
                            returning m.message_id, m.state, m.changed_at)
                        insert into message_changes (message_id, state, changed_at)
                        select message_id, state, changed_at from changed
                        """)
                .param("ids", bigints(addressHashes.keySet().stream().map(DueMessage::messageId)))
                .param("addresses", bigints(addressHashes.values().stream()))
                .param("start", start)
                .param("now", utc(now))
                .update();
    }

    /**
     * Writes down what became of attempts to send messages. The attempt is named, so that a repeated call cannot end a
     * later one. What would be tried again is skipped when its run was withdrawn meanwhile.
     *
     * @return the state each has now, by message id; without those that were written down before
     */
    Map<Long, MessageState> end(Collection<Ending> endings) {
        var states = HashMap.<Long, MessageState>newHashMap(endings.size());
        jdbc.sql("""
                        with changed as (
                            update messages m
                            set state = case when g.state in ('ready', 'deferred') and r.withdrawn then 'skipped' else g.state end,
                                reason = case when g.state in ('ready', 'deferred') and r.withdrawn then 'cancelled' else g.reason end,
                                detail = g.detail, changed_at = g.at, due_at = coalesce(g.due_at, m.due_at),
                                excused_attempts = m.excused_attempts + g.excused,
                                sent_at = case when g.state = 'sent' then g.at else m.sent_at end
                            from unnest(:ids, :attempts, :states, :reasons, :details, :ats::timestamptz[],
                                        :dues::timestamptz[], :excused)
                                as g (id, attempt, state, reason, detail, at, due_at, excused),
                                message_runs r
                            where m.message_id = g.id and m.state = 'sending' and m.attempts = g.attempt
                              and r.run_id = m.run_id
                            returning m.message_id, m.state, m.reason, m.detail, m.changed_at)
                        insert into message_changes (message_id, state, reason, detail, changed_at)
                        select message_id, state, reason, detail, changed_at from changed
                        returning message_id, state
                        """)
                .param("ids", bigints(endings.stream().map(Ending::messageId)))
                .param("attempts", ints(endings.stream().map(Ending::attempt)))
                .param(
                        "states",
                        texts(endings.stream().map(ending -> ending.state().code())))
                .param("reasons", texts(endings.stream().map(Ending::reason)))
                .param("details", texts(endings.stream().map(Ending::detail)))
                .param("ats", texts(endings.stream().map(ending -> ending.at().toString())))
                .param("dues", texts(endings.stream().map(ending -> {
                    var due = ending.dueAt();
                    return due == null ? null : due.toString();
                })))
                .param("excused", ints(endings.stream().map(ending -> ending.excused() ? 1 : 0)))
                .query(r -> {
                    states.put(r.getLong("message_id"), MessageState.of(r.getString("state")));
                });
        return states;
    }

    /** Notes one more transaction that writes down endings; how many there were. */
    long countEndings() {
        return jdbc.sql("update outbox_endings set transactions = transactions + 1 returning transactions")
                .query(Long.class)
                .single();
    }

    /** How many transactions wrote down endings. */
    long endings() {
        return jdbc.sql("select transactions from outbox_endings")
                .query(Long.class)
                .single();
    }

    /** Why a message is not sent. */
    record Skip(DueMessage message, String reason, @Nullable String detail) {}

    /** Skips messages that are still to be sent; the ids of those that were. */
    List<Long> skip(List<Skip> skips, Instant now) {
        if (skips.isEmpty()) return List.of();
        return jdbc.sql("""
                        with changed as (
                            update messages m set state = 'skipped', reason = x.reason, detail = x.detail, changed_at = :now
                            from unnest(:ids, :attempts, :reasons, :details) as x (id, attempts, reason, detail)
                            where m.message_id = x.id and m.state in ('ready', 'deferred') and m.attempts = x.attempts
                            returning m.message_id, m.state, m.reason, m.detail, m.changed_at)
                        insert into message_changes (message_id, state, reason, detail, changed_at)
                        select message_id, state, reason, detail, changed_at from changed
                        returning message_id
                        """)
                .param("ids", bigints(skips.stream().map(skip -> skip.message().messageId())))
                .param(
                        "attempts",
                        ints(skips.stream().map(skip -> skip.message().attempts())))
                .param("reasons", texts(skips.stream().map(Skip::reason)))
                .param("details", texts(skips.stream().map(Skip::detail)))
                .param("now", utc(now))
                .query((r, n) -> r.getLong("message_id"))
                .list();
    }

    /** Those of these messages that are known to have reached nobody. */
    List<Long> lost(Collection<Long> messageIds) {
        if (messageIds.isEmpty()) return List.of();
        return jdbc.sql("""
                        select message_id from messages
                        where message_id = any (:ids)
                            and (state in ('failed', 'skipped') or state = 'sent' and reason = 'bounced')
                        """)
                .param("ids", bigints(messageIds.stream()))
                .query((r, n) -> r.getLong("message_id"))
                .list();
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

    /** Moves messages that are still to be sent to other times. */
    void postpone(Map<DueMessage, Instant> times) {
        if (times.isEmpty()) return;
        jdbc.sql("""
                        update messages m set due_at = x.due_at
                        from unnest(:ids, :attempts, :dues::timestamptz[]) as x (id, attempts, due_at)
                        where m.message_id = x.id and m.state in ('ready', 'deferred') and m.attempts = x.attempts
                        """)
                .param("ids", bigints(times.keySet().stream().map(DueMessage::messageId)))
                .param("attempts", ints(times.keySet().stream().map(DueMessage::attempts)))
                .param("dues", texts(times.values().stream().map(Instant::toString)))
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

    /** An attempt that an earlier start of the server has marked as being sent. */
    record LeftBehind(long messageId, int attempt, long start) {}

    /** What earlier starts of the server left being sent; the first so many. */
    List<LeftBehind> leftBehind(long start, int limit) {
        return jdbc.sql("""
                        select message_id, attempts, sender from messages
                        where state = 'sending' and sender < :start order by message_id limit :limit
                        """)
                .param("start", start)
                .param("limit", limit)
                .query((r, n) -> new LeftBehind(r.getLong("message_id"), r.getInt("attempts"), r.getLong("sender")))
                .list();
    }

    /** What is marked as being sent by a start of the server. */
    List<LeftBehind> sending(long start) {
        return jdbc.sql("select message_id, attempts, sender from messages where state = 'sending' and sender = :start")
                .param("start", start)
                .query((r, n) -> new LeftBehind(r.getLong("message_id"), r.getInt("attempts"), r.getLong("sender")))
                .list();
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

    private static SqlArrayValue bigints(Stream<Long> values) {
        return new SqlArrayValue("bigint", values.toArray());
    }

    private static SqlArrayValue ints(Stream<Integer> values) {
        return new SqlArrayValue("int", values.toArray());
    }

    private static SqlArrayValue texts(Stream<? extends @Nullable String> values) {
        return new SqlArrayValue("text", values.toArray());
    }

    private static OffsetDateTime utc(Instant at) {
        return OffsetDateTime.ofInstant(at, ZoneOffset.UTC);
    }
}
