package io.rekindle.deliver.receipts;

import io.rekindle.collect.Bounce;
import io.rekindle.collect.EventLog;
import io.rekindle.collect.Withdrawals;
import io.rekindle.common.CustomerId;
import io.rekindle.deliver.links.Tokens;
import io.rekindle.platform.BusinessClock;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tells the log of mails that came back: then they are what the same events of a mail provider are, to the message, to the
 * permission and to the figures.
 */
@Component
class Returns {
    private static final Logger LOG = LoggerFactory.getLogger(Returns.class);
    private static final Pattern UNSUBSCRIBE = Pattern.compile("/u/([A-Za-z0-9_-]+)>");

    private final JdbcClient jdbc;
    private final EventLog log;
    private final Tokens tokens;
    private final BusinessClock clock;
    private final JsonMapper json;

    Returns(JdbcClient jdbc, EventLog log, Tokens tokens, BusinessClock clock, JsonMapper json) {
        this.jdbc = jdbc;
        this.log = log;
        this.tokens = tokens;
        this.clock = clock;
        this.json = json;
    }

    /**
     * A mail came to the return address of a message, or to that for complaints. What it tells is on disk on return.
     *
     * @param addressed the message of the address; null: the address for complaints
     */
    void take(@Nullable Long addressed, ReturnedMail mail) {
        switch (mail) {
            case ReturnedMail.Failed failed -> {
                if (addressed != null) tell(addressed, "returned", Bounce.EVENT, bounce(failed));
            }
            case ReturnedMail.Complaint complaint ->
                Optional.ofNullable(addressed)
                        .or(() -> message(complaint))
                        .ifPresentOrElse(
                                id -> tell(
                                        id,
                                        "complaint",
                                        Withdrawals.SPAM,
                                        json.createObjectNode().put("feedback_type", complaint.type())),
                                () -> LOG.warn("a complaint names no message of ours"));
            case ReturnedMail.Delayed delayed -> LOG.debug("a mail is late");
            case ReturnedMail.Automatic automatic -> LOG.debug("a robot answered");
            case ReturnedMail.Other other -> LOG.debug("a mail that tells of nothing came to a return address");
        }
    }

    /** Only the link of unsubscribing is signed: other headers anybody could have written. */
    private Optional<Long> message(ReturnedMail.Complaint complaint) {
        if (complaint.unsubscribe() == null) return Optional.empty();
        var token = UNSUBSCRIBE.matcher(complaint.unsubscribe());
        return token.find() ? tokens.readUnsubscribe(token.group(1)) : Optional.empty();
    }

    private ObjectNode bounce(ReturnedMail.Failed failed) {
        return json.createObjectNode()
                .put("bounce_type", failed.isForGood() ? "hard" : "soft")
                .put("status", failed.status())
                .put("diagnostic", failed.diagnostic());
    }

    private void tell(long messageId, String what, String event, ObjectNode properties) {
        record Sent(
                CustomerId customer,
                long campaignId,
                @Nullable Long addressHash) {}
        var sent = jdbc.sql("select customer_id, campaign_id, address_hash from messages where message_id = :id")
                .param("id", messageId)
                .query((r, n) -> new Sent(
                        new CustomerId(r.getLong("customer_id")),
                        r.getLong("campaign_id"),
                        r.getObject("address_hash", Long.class)))
                .optional();
        // Of somebody erased since nothing is kept.
        if (sent.isEmpty()) return;
        properties
                .put("message_id", Long.toString(messageId))
                .put("campaign_id", sent.get().campaignId());
        var address = sent.get().addressHash();
        if (address != null) properties.put("address_hash", Long.toString(address));
        log.accept(List.of(new EventLog.OwnEvent(
                "rekindle:%d:%s".formatted(messageId, what),
                event,
                sent.get().customer(),
                clock.instant(),
                properties.toString())));
    }
}
