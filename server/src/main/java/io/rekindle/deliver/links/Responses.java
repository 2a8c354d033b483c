package io.rekindle.deliver.links;

import io.rekindle.collect.EventLog;
import io.rekindle.collect.Tombstones;
import io.rekindle.common.CustomerId;
import io.rekindle.consent.Consents;
import io.rekindle.consent.Suppression;
import io.rekindle.consent.Suppressions;
import io.rekindle.deliver.LifecycleEvent;
import io.rekindle.platform.BusinessClock;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What recipients, and the machines before them, do with a message; told to the log like any other event. */
@Component
public class Responses {
    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final Tokens tokens;
    private final Links links;
    private final EventLog log;
    private final Consents consents;
    private final Suppressions suppressions;
    private final Tombstones tombstones;
    private final BusinessClock clock;
    private final JsonMapper json;

    Responses(
            JdbcClient jdbc,
            TransactionTemplate transaction,
            Tokens tokens,
            Links links,
            EventLog log,
            Consents consents,
            Suppressions suppressions,
            Tombstones tombstones,
            BusinessClock clock,
            JsonMapper json) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.tokens = tokens;
        this.links = links;
        this.log = log;
        this.consents = consents;
        this.suppressions = suppressions;
        this.tombstones = tombstones;
        this.clock = clock;
        this.json = json;
    }

    /** Who asks, as far as the request tells. */
    public record Visitor(
            String method,
            @Nullable String userAgent,
            @Nullable String purpose) {}

    private record Sent(
            long messageId,
            long runId,
            long campaignId,
            CustomerId customer,
            String purpose,
            String channel,
            @Nullable Instant sentAt,
            @Nullable Long addressHash) {}

    /** Notes that the pixel of a message was loaded; false when the token is not ours. */
    public boolean opened(String token, Visitor visitor) {
        var message = tokens.readOpen(token).flatMap(this::find);
        message.ifPresent(sent -> {
            var why = machine(sent, visitor);
            if (why.isEmpty()) first(Mark.OPENED, sent.messageId());
            tell(
                    sent,
                    LifecycleEvent.OPENED.of(sent.channel()),
                    "opened:" + (why.isEmpty() ? "person" : "machine"),
                    properties(sent, why));
        });
        return message.isPresent();
    }

    /** Notes that a link of a message was followed; where it leads, or empty when the token is not ours. */
    public Optional<String> clicked(String token, Visitor visitor) {
        return tokens.readClick(token)
                .flatMap(click -> find(click.messageId())
                        .flatMap(sent -> links.target(click.linkId(), sent.runId())
                                .map(target -> {
                                    var why = machine(sent, visitor);
                                    // Who follows a link has seen the mail, whether or not pictures were loaded.
                                    if (why.isEmpty()) {
                                        first(Mark.CLICKED, sent.messageId());
                                        first(Mark.OPENED, sent.messageId());
                                    }
                                    var properties = properties(sent, why)
                                            .put("link_id", Long.toString(click.linkId()))
                                            .put("link", withoutQuery(target));
                                    tell(
                                            sent,
                                            LifecycleEvent.LINK_CLICKED.of(sent.channel()),
                                            "clicked:%d:%s"
                                                    .formatted(click.linkId(), why.isEmpty() ? "person" : "machine"),
                                            properties);
                                    return target;
                                })));
    }

    /** Of whom a message is. */
    public enum Recipient {
        KNOWN,
        /** Erased since: nothing is kept of them, so there is nothing to take away, and nothing may be added. */
        ERASED
    }

    /** Who may unsubscribe by a token; empty when it is not ours. Changes nothing. */
    public Optional<Recipient> recipient(String token) {
        return tokens.readUnsubscribe(token).flatMap(this::find).map(this::recipient);
    }

    private Recipient recipient(Sent sent) {
        return tombstones.isGone(sent.customer()) ? Recipient.ERASED : Recipient.KNOWN;
    }

    /** Takes the recipient's permission away, at once; again changes nothing. Empty when the token is not ours. */
    public Optional<Recipient> unsubscribed(String token) {
        var message = tokens.readUnsubscribe(token).flatMap(this::find);
        message.filter(sent -> recipient(sent) == Recipient.KNOWN).ifPresent(sent -> {
            transaction.executeWithoutResult(status -> {
                consents.set(sent.customer(), sent.purpose(), sent.channel(), false, "unsubscribe link");
                // Whoever reads that mailbox wants nothing more there, even where the shop takes it for somebody else's
                // too.
                if (sent.addressHash() != null)
                    suppressions.suppress(
                            sent.channel(),
                            sent.addressHash(),
                            Suppression.Reason.UNSUBSCRIBE,
                            null,
                            "message " + sent.messageId(),
                            clock.instant());
                first(Mark.UNSUBSCRIBED, sent.messageId());
            });
            var properties = base(sent).put("purpose", sent.purpose()).put("channel", sent.channel());
            if (sent.addressHash() != null) properties.put("address_hash", Long.toString(sent.addressHash()));
            log.accept(List.of(new EventLog.OwnEvent(
                    "rekindle:%d:unsubscribed".formatted(sent.messageId()),
                    "Unsubscribed",
                    sent.customer(),
                    clock.instant(),
                    properties.toString())));
        });
        return message.map(this::recipient);
    }

    private Optional<String> machine(Sent sent, Visitor visitor) {
        return Machines.why(
                new Machines.Request(visitor.method(), visitor.userAgent(), visitor.purpose(), sinceSent(sent)));
    }

    /** Not yet marked as sent counts as just now. A clock that is held tells nothing until it has been moved. */
    private @Nullable Duration sinceSent(Sent sent) {
        var since = sent.sentAt() == null ? Duration.ZERO : Duration.between(sent.sentAt(), clock.instant());
        return clock.isHeld() && since.isZero() ? null : since;
    }

    private Optional<Sent> find(long messageId) {
        return jdbc.sql("""
                        select m.message_id, m.run_id, m.campaign_id, m.customer_id, r.purpose, r.channel, m.sent_at, m.address_hash
                        from messages m join message_runs r on r.run_id = m.run_id where m.message_id = :id
                        """)
                .param("id", messageId)
                .query((r, n) -> {
                    var at = r.getObject("sent_at", OffsetDateTime.class);
                    return new Sent(
                            r.getLong("message_id"),
                            r.getLong("run_id"),
                            r.getLong("campaign_id"),
                            new CustomerId(r.getLong("customer_id")),
                            r.getString("purpose"),
                            r.getString("channel"),
                            at == null ? null : at.toInstant(),
                            r.getObject("address_hash", Long.class));
                })
                .optional();
    }

    private void first(Mark mark, long messageId) {
        jdbc.sql(mark.statement)
                .param("now", OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC))
                .param("id", messageId)
                .update();
    }

    /** What a person did with a message first at some time. */
    private enum Mark {
        OPENED("update messages set opened_at = :now where message_id = :id and opened_at is null"),
        CLICKED("update messages set clicked_at = :now where message_id = :id and clicked_at is null"),
        UNSUBSCRIBED("update messages set unsubscribed_at = :now where message_id = :id and unsubscribed_at is null");

        private final String statement;

        Mark(String statement) {
            this.statement = statement;
        }
    }

    /** At most one event of a kind for a message and minute: reloading a mail does not fill the log. */
    private void tell(Sent sent, String name, String kind, ObjectNode properties) {
        var now = clock.instant();
        var minute = now.truncatedTo(ChronoUnit.MINUTES).getEpochSecond();
        log.accept(List.of(new EventLog.OwnEvent(
                "rekindle:%d:%s:%d".formatted(sent.messageId(), kind, minute),
                name,
                sent.customer(),
                now,
                properties.toString())));
    }

    private ObjectNode properties(Sent sent, Optional<String> why) {
        var properties = base(sent).put("machine", why.isPresent());
        why.ifPresent(reason -> properties.put("machine_reason", reason));
        return properties;
    }

    private ObjectNode base(Sent sent) {
        return json.createObjectNode()
                .put("message_id", Long.toString(sent.messageId()))
                .put("campaign_id", sent.campaignId());
    }

    /** What follows the question mark may be about a person; the history keeps none of that. */
    private static String withoutQuery(String url) {
        var address = URI.create(url);
        return "%s://%s%s"
                .formatted(
                        address.getScheme(),
                        address.getRawAuthority(),
                        Optional.ofNullable(address.getRawPath()).orElse(""));
    }
}
