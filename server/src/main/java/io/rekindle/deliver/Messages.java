package io.rekindle.deliver;

import io.rekindle.access.AuditTrail;
import io.rekindle.access.Caller;
import io.rekindle.common.CustomerId;
import io.rekindle.common.Page;
import io.rekindle.consent.Permissions;
import io.rekindle.plan.Coupons;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Problem;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Every message of the outbox, where it stands, and what its recipient did. */
@Component
public class Messages {
    private static final String COLUMNS = """
            select m.message_id, m.decision_id, m.run_id, m.campaign_id, m.customer_id, r.channel, m.state, m.reason,
                   m.detail, m.attempts, m.due_at, m.changed_at, m.sent_at, m.opened_at, m.clicked_at, m.unsubscribed_at
            from messages m join message_runs r on r.run_id = m.run_id
            """;

    private final JdbcClient jdbc;
    private final AuditTrail audit;
    private final BusinessClock clock;
    private final Permissions permissions;
    private final Coupons coupons;

    Messages(JdbcClient jdbc, AuditTrail audit, BusinessClock clock, Permissions permissions, Coupons coupons) {
        this.permissions = permissions;
        this.coupons = coupons;
        this.jdbc = jdbc;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * One message. Ids are decimal strings, because JavaScript cannot hold 64-bit integers.
     *
     * @param reason stable code, why it failed, was skipped, deferred or is in doubt; {@code bounced} on one that was sent and came back
     * @param detail the mail server's reply, without addresses
     * @param attempts how often it was begun to be sent
     * @param dueAt when it is sent or tried again at the earliest
     * @param openedAt when a person (not a machine) first opened it
     * @param clickedAt when a person first followed a link of it
     */
    public record Message(
            String messageId,
            String decisionId,
            long runId,
            long campaignId,
            CustomerId customerId,
            String channel,
            MessageState state,
            @Nullable String reason,
            @Nullable String detail,
            int attempts,
            Instant dueAt,
            Instant changedAt,
            @Nullable Instant sentAt,
            @Nullable Instant openedAt,
            @Nullable Instant clickedAt,
            @Nullable Instant unsubscribedAt) {}

    /**
     * How far the messages of a campaign are. A message is in one of the states; opened, clicked and unsubscribed count
     * messages, by people only.
     *
     * @param delivered of the sent ones, those a mail server took and did not send back since
     */
    public record Progress(
            long ready,
            long sending,
            long sent,
            long delivered,
            long failed,
            long skipped,
            long inDoubt,
            long deferred,
            long opened,
            long clicked,
            long unsubscribed) {}

    /** How many messages are in each state. */
    public record Counts(long ready, long sending, long sent, long failed, long inDoubt, long skipped, long deferred) {}

    /** A customer's messages, those to ids merged into it among them; latest change first, at most 200. */
    public List<Message> of(CustomerId customer) {
        return jdbc.sql(COLUMNS + """
                        where m.customer_id = :customer
                           or m.customer_id in (select alias_id from customer_aliases where customer_id = :customer)
                        order by m.changed_at desc, m.message_id limit 200
                        """)
                .param("customer", customer.value())
                .query(Messages::message)
                .list();
    }

    /** Messages of a campaign or of all, in a state or in all, in the order of their ids. */
    public Page<Message> list(@Nullable Long campaignId, @Nullable MessageState state, long above, int limit) {
        var rows = jdbc.sql(COLUMNS + """
                        where m.message_id > :above
                          and (cast(:campaign as bigint) is null or m.campaign_id = :campaign)
                          and (cast(:state as text) is null or m.state = :state)
                        order by m.message_id limit :limit
                        """)
                .param("above", above)
                .param("campaign", campaignId)
                .param("state", state == null ? null : state.code())
                .param("limit", limit + 1)
                .query(Messages::message)
                .list();
        return Page.of(rows, limit, Message::messageId);
    }

    /** All zeros for a campaign that has no messages. */
    public Progress progress(long campaignId) {
        return jdbc.sql("""
                        select count(*) filter (where state = 'ready') as ready,
                               count(*) filter (where state = 'sending') as sending,
                               count(*) filter (where state = 'sent') as sent,
                               count(*) filter (where state = 'sent' and reason is distinct from 'bounced') as delivered,
                               count(*) filter (where state = 'failed') as failed,
                               count(*) filter (where state = 'skipped') as skipped,
                               count(*) filter (where state = 'in_doubt') as in_doubt,
                               count(*) filter (where state = 'deferred') as deferred,
                               count(opened_at) as opened, count(clicked_at) as clicked,
                               count(unsubscribed_at) as unsubscribed
                        from messages where campaign_id = :campaign
                        """)
                .param("campaign", campaignId)
                .query((r, n) -> new Progress(
                        r.getLong("ready"),
                        r.getLong("sending"),
                        r.getLong("sent"),
                        r.getLong("delivered"),
                        r.getLong("failed"),
                        r.getLong("skipped"),
                        r.getLong("in_doubt"),
                        r.getLong("deferred"),
                        r.getLong("opened"),
                        r.getLong("clicked"),
                        r.getLong("unsubscribed")))
                .single();
    }

    /** Over all campaigns. */
    public Counts counts() {
        Map<MessageState, Long> counts = new EnumMap<>(MessageState.class);
        jdbc.sql("select state, count(*) as messages from messages group by state")
                .query((ResultSet r) -> {
                    counts.put(MessageState.of(r.getString("state")), r.getLong("messages"));
                });
        return new Counts(
                counts.getOrDefault(MessageState.READY, 0L),
                counts.getOrDefault(MessageState.SENDING, 0L),
                counts.getOrDefault(MessageState.SENT, 0L),
                counts.getOrDefault(MessageState.FAILED, 0L),
                counts.getOrDefault(MessageState.IN_DOUBT, 0L),
                counts.getOrDefault(MessageState.SKIPPED, 0L),
                counts.getOrDefault(MessageState.DEFERRED, 0L));
    }

    /**
     * Says what became of a message in doubt, on the evidence of a person or a provider. A failed one gives its unit of the
     * contact budget and its coupon back.
     *
     * @param state {@code sent} or {@code failed}
     * @throws Problem {@code message_not_found}, {@code message_not_in_doubt}, {@code state_not_possible}
     */
    @Transactional
    public Message settle(long messageId, MessageState state) {
        if (state != MessageState.SENT && state != MessageState.FAILED)
            throw Problem.invalid(
                            "state_not_possible", "a message in doubt is settled as sent or failed, not as {state}")
                    .with("state", state.code());
        var before = get(messageId);
        int settled = jdbc.sql("""
                        with changed as (
                            update messages
                            set state = :state, reason = 'settled', detail = :by, changed_at = :now,
                                sent_at = case when :state = 'sent' then :now else sent_at end
                            where message_id = :id and state = 'in_doubt'
                            returning message_id, state, reason, detail, changed_at)
                        insert into message_changes (message_id, state, reason, detail, changed_at)
                        select message_id, state, reason, detail, changed_at from changed
                        """)
                .param("id", messageId)
                .param("state", state.code())
                .param("by", "settled by a person")
                .param("now", OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC))
                .update();
        if (settled == 0)
            throw Problem.conflict(
                            "message_not_in_doubt", "message {id} is {state}; only a message in doubt can be settled")
                    .with("id", messageId)
                    .with("state", before.state().code());
        if (state == MessageState.FAILED) {
            // It did not arrive: it neither counts against the budget nor uses a code up.
            permissions.release(messageId);
            coupons.release(messageId);
        }
        audit.record(
                "message.settled",
                "message " + messageId,
                "in doubt, settled as %s by %s"
                        .formatted(state.code(), Caller.current().name()));
        return get(messageId);
    }

    private Message get(long messageId) {
        return jdbc.sql(COLUMNS + "where m.message_id = :id")
                .param("id", messageId)
                .query(Messages::message)
                .optional()
                .orElseThrow(() -> Problem.notFound("message_not_found", "there is no message {id}")
                        .with("id", messageId));
    }

    private static Message message(ResultSet r, int n) throws SQLException {
        return new Message(
                Long.toString(r.getLong("message_id")),
                Long.toString(r.getLong("decision_id")),
                r.getLong("run_id"),
                r.getLong("campaign_id"),
                new CustomerId(r.getLong("customer_id")),
                r.getString("channel"),
                MessageState.of(r.getString("state")),
                r.getString("reason"),
                r.getString("detail"),
                r.getInt("attempts"),
                r.getObject("due_at", OffsetDateTime.class).toInstant(),
                r.getObject("changed_at", OffsetDateTime.class).toInstant(),
                instant(r, "sent_at"),
                instant(r, "opened_at"),
                instant(r, "clicked_at"),
                instant(r, "unsubscribed_at"));
    }

    private static @Nullable Instant instant(ResultSet r, String column) throws SQLException {
        var at = r.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }
}
