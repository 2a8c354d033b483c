package io.rekindle.deliver.outbox;

import io.rekindle.deliver.MailServer;
import io.rekindle.deliver.channel.Handover;
import io.rekindle.deliver.channel.Letter;
import io.rekindle.deliver.channel.Line;
import io.rekindle.deliver.channel.NoLineException;
import io.rekindle.deliver.channel.Provider;
import io.rekindle.deliver.channel.Refusal;
import io.rekindle.deliver.links.Links;
import io.rekindle.platform.BusinessClock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/**
 * Hands messages over one by one on one connection to a provider. What it gets is prepared: permission, contact budget and coupon are taken
 * and it is marked as being sent. It makes the message out, notes in the journal that it begins, hands it over, and notes
 * the answer. So at most one message per connection is ever undecided.
 */
final class Sender<T> implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Sender.class);
    private static final Duration GLANCE = Duration.ofMillis(200);
    private static final Duration AFTER_TROUBLE = Duration.ofSeconds(1);

    private final Lane<T> lane;
    private final Provider<T> provider;
    private final Endings endings;
    private final HandoverJournal journal;
    private final Courier courier;
    private final Links links;
    private final BusinessClock clock;

    private @Nullable Line<T> connection;
    private boolean unreachable;

    Sender(
            Lane<T> lane,
            Provider<T> provider,
            Endings endings,
            HandoverJournal journal,
            Courier courier,
            Links links,
            BusinessClock clock) {
        this.lane = lane;
        this.provider = provider;
        this.endings = endings;
        this.journal = journal;
        this.courier = courier;
        this.links = links;
        this.clock = clock;
    }

    @Override
    public void run() {
        try {
            while (lane.isRunning()) {
                try {
                    step();
                } catch (RuntimeException | Error e) {
                    LOG.error("a sender stumbled, and goes on", e);
                    disconnect();
                    lane.pause(AFTER_TROUBLE);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            disconnect();
        }
    }

    private void step() throws InterruptedException {
        var prepared = stands() ? lane.poll() : null;
        if (prepared == null) prepared = await();
        if (prepared == null) return;
        T letter;
        try {
            letter = madeOut(prepared);
        } catch (RuntimeException | Error e) {
            endings.add(Ending.notBegun(prepared.attempt(), clock.instant()));
            LOG.error("message {} could not be made out", prepared.message().messageId(), e);
            lane.pause(AFTER_TROUBLE);
            return;
        }
        if (letter != null) handOver(prepared, letter);
    }

    private boolean stands() {
        var current = connection;
        return current != null && current.isUsable();
    }

    /** Messages are prepared only for connections that stand; no more are made than there are messages waiting for one. */
    private @Nullable Prepared await() throws InterruptedException {
        if (!stands()) {
            if (!lane.join(GLANCE)) return null;
            boolean connected;
            try {
                connected = connect();
            } finally {
                lane.leave();
            }
            if (!connected) {
                lane.pause(AFTER_TROUBLE);
                return null;
            }
        }
        return lane.next(GLANCE);
    }

    /** What is to be handed over; null when it is not to be begun, and its end is told. */
    private @Nullable T madeOut(Prepared prepared) {
        var message = prepared.message();
        var attempt = prepared.attempt();
        if (!lane.mayBegin(prepared)) {
            endings.add(Ending.notBegun(attempt, clock.instant()));
            return null;
        }
        var unsubscribe = links.unsubscribeUrl(message.messageId());
        try {
            switch (courier.write(message, prepared.recipient(), prepared.coupon(), unsubscribe)) {
                case Courier.Written.Complete complete -> {
                    return provider.madeOut(letter(message, prepared.address().value(), complete, unsubscribe));
                }
                case Courier.Written.Lacking lacking ->
                    endings.add(Ending.skipped(
                            attempt, "template_missing_value", String.join(", ", lacking.places()), clock.instant()));
            }
        } catch (DataAccessException e) {
            LOG.warn("what message {} says cannot be looked up, trying again: {}", message.messageId(), e.getMessage());
            endings.add(Ending.notBegun(attempt, clock.instant()));
            lane.pause(AFTER_TROUBLE);
        } catch (RuntimeException | StackOverflowError e) {
            LOG.error("template {} cannot be made out", message.run().templateId(), e);
            endings.add(Ending.skipped(attempt, "template_error", String.valueOf(e.getMessage()), clock.instant()));
        }
        return null;
    }

    /** From here on the message is begun: however this ends, it is never laid down as if it were not. */
    private void handOver(Prepared prepared, T letter) throws InterruptedException {
        var attempt = prepared.attempt();
        int slot = journal.begin(attempt.messageId(), attempt.number());
        Handover end = null;
        try {
            end = handOver(letter);
            if (end instanceof Handover.Accepted) journal.accepted(slot, clock.instant());
            else if (!(end instanceof Handover.Undecided)) journal.notTaken(slot);
            lane.handedOver();
            endings.add(ending(prepared, end), slot);
        } catch (RuntimeException | Error e) {
            endings.add(
                    end instanceof Handover.Accepted accepted
                            ? Ending.sent(attempt, accepted.detail(), clock.instant())
                            : Ending.inDoubt(attempt, "no_answer", String.valueOf(e), clock.instant()),
                    slot);
            disconnect();
            LOG.error("message {} was broken off while it was handed over", attempt.messageId(), e);
        }
    }

    private Ending ending(Prepared prepared, Handover end) {
        var attempt = prepared.attempt();
        if (end instanceof Handover.Refused refused && refused.refusal().isOfOurSetUp()) {
            var reason = reason(refused.refusal());
            var at = clock.instant();
            lane.refused(reason, refused.detail());
            return Ending.excused(
                    attempt,
                    reason.code(),
                    refused.detail(),
                    at,
                    at.plus(lane.pace().firstRetry()));
        }
        if (end instanceof Handover.Accepted || end instanceof Handover.Refused || end instanceof Handover.Postponed)
            lane.heard();
        return switch (end) {
            case Handover.Accepted accepted -> Ending.sent(attempt, accepted.detail(), clock.instant());
            case Handover.Refused refused ->
                Ending.failed(
                        attempt,
                        switch (refused.refusal()) {
                            case ADDRESS -> "address_refused";
                            case RECIPIENT -> "recipient_refused";
                            case MESSAGE, SENDER, SIGN_IN -> "message_refused";
                        },
                        refused.detail(),
                        clock.instant(),
                        refused.refusal() == Refusal.ADDRESS ? prepared.address() : null);
            case Handover.Postponed postponed -> retryOrFail(prepared, "refused_for_now", postponed.detail());
            case Handover.Unsent unsent -> retryOrFail(prepared, "connection_lost", unsent.detail());
            case Handover.Undecided undecided ->
                Ending.inDoubt(attempt, "no_answer", undecided.detail(), clock.instant());
        };
    }

    /** A connection that was idle may have been closed by the other side: once more on a fresh one, if surely unsent. */
    private Handover handOver(T letter) {
        var first = connection;
        if (first == null) return new Handover.Unsent("not connected");
        var end = first.send(letter);
        if (!(end instanceof Handover.Unsent)) return end;
        if (!connect()) return end;
        var second = connection;
        return second == null ? end : second.send(letter);
    }

    private Letter letter(DueMessage message, String address, Courier.Written.Complete written, String unsubscribeUrl) {
        return new Letter(
                message.messageId(),
                message.decisionId(),
                message.run().runId(),
                message.run().isOfCampaign(),
                address,
                written.subject(),
                written.html(),
                message.run().isOfCampaign() && written.html() == null
                        ? links.trackText(written.text(), message.run().runId(), message.messageId())
                        : written.text(),
                unsubscribeUrl,
                clock.instant());
    }

    private Ending retryOrFail(Prepared prepared, String reason, String detail) {
        var now = clock.instant();
        int tried = prepared.message().attempts() - prepared.message().excused();
        if (tried >= lane.pace().retries()) return Ending.failed(prepared.attempt(), "gave_up", detail, now, null);
        return Ending.deferred(
                prepared.attempt(), reason, detail, now, now.plus(lane.pace().wait(tried)));
    }

    private boolean connect() {
        if (stands()) return true;
        disconnect();
        try {
            connection = provider.open();
            unreachable = false;
            return true;
        } catch (NoLineException e) {
            var refusal = e.refusal();
            if (refusal != null) lane.refused(reason(refusal), String.valueOf(e.getMessage()));
            if (!unreachable) LOG.warn("{} cannot be reached: {}", provider.name(), e.getMessage());
            unreachable = true;
            return false;
        }
    }

    private void disconnect() {
        var current = connection;
        if (current != null) current.close();
        connection = null;
    }

    private static MailServer.Reason reason(Refusal ofOurSetUp) {
        return ofOurSetUp == Refusal.SIGN_IN ? MailServer.Reason.SIGN_IN_REFUSED : MailServer.Reason.SENDER_REFUSED;
    }
}
