package io.rekindle.deliver.outbox;

import io.rekindle.deliver.MailServer;
import io.rekindle.deliver.MailSettings;
import io.rekindle.deliver.links.Links;
import io.rekindle.deliver.smtp.DkimKey;
import io.rekindle.deliver.smtp.Handover;
import io.rekindle.deliver.smtp.Mail;
import io.rekindle.deliver.smtp.SmtpConnection;
import io.rekindle.platform.BusinessClock;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/**
 * Hands messages over one by one on one connection. What it gets is prepared: permission, contact budget and coupon are taken
 * and it is marked as being sent. It makes the message out, notes in the journal that it begins, hands it over, and notes
 * the answer. So at most one message per connection is ever undecided.
 */
final class Sender implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Sender.class);
    private static final Duration GLANCE = Duration.ofMillis(200);
    private static final Duration AFTER_TROUBLE = Duration.ofSeconds(1);
    private static final Duration LONGEST_RETRY = Duration.ofDays(1);

    private final Dispatch dispatch;
    private final Endings endings;
    private final HandoverJournal journal;
    private final Courier courier;
    private final Links links;
    private final MailSettings settings;
    private final @Nullable DkimKey key;
    private final BusinessClock clock;

    private @Nullable SmtpConnection connection;
    private boolean unreachable;

    Sender(
            Dispatch dispatch,
            Endings endings,
            HandoverJournal journal,
            Courier courier,
            Links links,
            MailSettings settings,
            @Nullable DkimKey key,
            BusinessClock clock) {
        this.dispatch = dispatch;
        this.endings = endings;
        this.journal = journal;
        this.courier = courier;
        this.links = links;
        this.settings = settings;
        this.key = key;
        this.clock = clock;
    }

    @Override
    public void run() {
        try {
            while (dispatch.isRunning()) {
                try {
                    step();
                } catch (RuntimeException | Error e) {
                    LOG.error("a sender stumbled, and goes on", e);
                    disconnect();
                    dispatch.pause(AFTER_TROUBLE);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            disconnect();
        }
    }

    private void step() throws InterruptedException {
        var prepared = stands() ? dispatch.poll() : null;
        if (prepared == null) prepared = await();
        if (prepared == null) return;
        Mail mail;
        try {
            mail = madeOut(prepared);
        } catch (RuntimeException | Error e) {
            endings.add(Ending.notBegun(prepared.attempt(), clock.instant()));
            LOG.error("message {} could not be made out", prepared.message().messageId(), e);
            dispatch.pause(AFTER_TROUBLE);
            return;
        }
        if (mail != null) handOver(prepared, mail);
    }

    private boolean stands() {
        var current = connection;
        return current != null && current.isUsable();
    }

    /** Messages are prepared only for connections that stand; no more are made than there are messages waiting for one. */
    private @Nullable Prepared await() throws InterruptedException {
        if (!stands()) {
            if (!dispatch.join(GLANCE)) return null;
            boolean connected;
            try {
                connected = connect();
            } finally {
                dispatch.leave();
            }
            if (!connected) {
                dispatch.pause(AFTER_TROUBLE);
                return null;
            }
        }
        return dispatch.next(GLANCE);
    }

    /** The mail to hand over; null when it is not to be begun, and its end is told. */
    private @Nullable Mail madeOut(Prepared prepared) {
        var message = prepared.message();
        var attempt = prepared.attempt();
        if (!dispatch.mayBegin(prepared)) {
            endings.add(Ending.notBegun(attempt, clock.instant()));
            return null;
        }
        var unsubscribe = links.unsubscribeUrl(message.messageId());
        try {
            switch (courier.write(message, prepared.recipient(), prepared.coupon(), unsubscribe)) {
                case Courier.Written.Complete complete -> {
                    return mail(message, prepared.address().email(), complete, unsubscribe);
                }
                case Courier.Written.Lacking lacking ->
                    endings.add(Ending.skipped(
                            attempt, "template_missing_value", String.join(", ", lacking.places()), clock.instant()));
            }
        } catch (DataAccessException e) {
            LOG.warn("what message {} says cannot be looked up, trying again: {}", message.messageId(), e.getMessage());
            endings.add(Ending.notBegun(attempt, clock.instant()));
            dispatch.pause(AFTER_TROUBLE);
        } catch (RuntimeException | StackOverflowError e) {
            LOG.error("template {} cannot be made out", message.run().templateId(), e);
            endings.add(Ending.skipped(attempt, "template_error", String.valueOf(e.getMessage()), clock.instant()));
        }
        return null;
    }

    /** From here on the message is begun: however this ends, it is never laid down as if it were not. */
    private void handOver(Prepared prepared, Mail mail) throws InterruptedException {
        var attempt = prepared.attempt();
        int slot = journal.begin(attempt.messageId(), attempt.number());
        Handover end = null;
        try {
            end = handOver(mail);
            if (end instanceof Handover.Accepted) journal.accepted(slot, clock.instant());
            else if (!(end instanceof Handover.Undecided)) journal.notTaken(slot);
            dispatch.handedOver();
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
        if (end instanceof Handover.Refused refused && refused.isOfOurSetUp()) {
            var reason = refused.isSignIn() ? MailServer.Reason.SIGN_IN_REFUSED : MailServer.Reason.SENDER_REFUSED;
            var at = clock.instant();
            dispatch.refused(reason, refused.detail());
            return Ending.excused(attempt, reason.code(), refused.detail(), at, at.plus(settings.firstRetry()));
        }
        if (end instanceof Handover.Accepted || end instanceof Handover.Refused || end instanceof Handover.Postponed)
            dispatch.heard();
        return switch (end) {
            case Handover.Accepted accepted -> Ending.sent(attempt, accepted.detail(), clock.instant());
            case Handover.Refused refused ->
                Ending.failed(
                        attempt,
                        refused.addressIsDead() ? "address_refused" : refusedReason(refused.stage()),
                        refused.detail(),
                        clock.instant(),
                        refused.addressIsDead() ? prepared.address() : null);
            case Handover.Postponed postponed -> retryOrFail(prepared, "refused_for_now", postponed.detail());
            case Handover.Unsent unsent -> retryOrFail(prepared, "connection_lost", unsent.detail());
            case Handover.Undecided undecided ->
                Ending.inDoubt(attempt, "no_answer", undecided.detail(), clock.instant());
        };
    }

    /** A connection that was idle may have been closed by the other side: once more on a fresh one, if surely unsent. */
    private Handover handOver(Mail mail) {
        var first = connection;
        if (first == null) return new Handover.Unsent("not connected");
        var end = first.send(mail);
        if (!(end instanceof Handover.Unsent)) return end;
        if (!connect()) return end;
        var second = connection;
        return second == null ? end : second.send(mail);
    }

    private Mail mail(DueMessage message, String email, Courier.Written.Complete written, String unsubscribe) {
        var id = "%016x.%016x@%s".formatted(message.decisionId(), message.messageId(), settings.senderDomain());
        return new Mail(
                id,
                email,
                written.subject(),
                // What a customer asked for is neither followed nor unsubscribed from.
                message.run().isOfCampaign()
                        ? links.track(written.html(), message.run().runId(), message.messageId())
                        : written.html(),
                written.text(),
                clock.instant(),
                message.run().isOfCampaign()
                        ? Map.of(
                                "List-Unsubscribe",
                                "<" + unsubscribe + ">",
                                "List-Unsubscribe-Post",
                                "List-Unsubscribe=One-Click",
                                "X-Rekindle-Decision",
                                Long.toString(message.decisionId()),
                                "X-Rekindle-Message",
                                Long.toString(message.messageId()))
                        : Map.of("X-Rekindle-Message", Long.toString(message.messageId())));
    }

    private Ending retryOrFail(Prepared prepared, String reason, String detail) {
        var now = clock.instant();
        int tried = prepared.message().attempts() - prepared.message().excused();
        if (tried >= settings.retries()) return Ending.failed(prepared.attempt(), "gave_up", detail, now, null);
        return Ending.deferred(prepared.attempt(), reason, detail, now, now.plus(wait(tried)));
    }

    private Duration wait(int attempts) {
        var wait = settings.firstRetry();
        for (int n = 0; n < attempts && wait.compareTo(LONGEST_RETRY) < 0; n++) wait = wait.multipliedBy(2);
        return wait.compareTo(LONGEST_RETRY) < 0 ? wait : LONGEST_RETRY;
    }

    private boolean connect() {
        if (stands()) return true;
        disconnect();
        try {
            connection = SmtpConnection.open(settings, key);
            unreachable = false;
            return true;
        } catch (MessagingException e) {
            if (e instanceof AuthenticationFailedException)
                dispatch.refused(
                        MailServer.Reason.SIGN_IN_REFUSED, SmtpConnection.line(String.valueOf(e.getMessage())));
            if (!unreachable)
                LOG.warn(
                        "the mail server {}:{} cannot be reached: {}",
                        settings.host(),
                        settings.port(),
                        e.getMessage());
            unreachable = true;
            return false;
        }
    }

    private void disconnect() {
        var current = connection;
        if (current != null) current.close();
        connection = null;
    }

    private static String refusedReason(Handover.Stage stage) {
        return switch (stage) {
            case SENDER, MESSAGE -> "message_refused";
            case RECIPIENT -> "recipient_refused";
        };
    }
}
