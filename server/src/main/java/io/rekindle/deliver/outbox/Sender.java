package io.rekindle.deliver.outbox;

import io.rekindle.deliver.MailServer;
import io.rekindle.deliver.MailSettings;
import io.rekindle.deliver.MessageState;
import io.rekindle.deliver.links.Links;
import io.rekindle.deliver.smtp.Handover;
import io.rekindle.deliver.smtp.Mail;
import io.rekindle.deliver.smtp.SmtpConnection;
import io.rekindle.plan.CouponCode;
import io.rekindle.platform.BusinessClock;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Sends messages one by one over one connection.
 *
 * <p>For each message one short transaction writes down what became of the one before, takes permission, contact budget
 * and coupon for this one, makes it out, and marks it as being sent. It is committed before the mail is handed over. So at
 * most one message per connection is ever undecided, and two commits a mail become one.
 */
final class Sender implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Sender.class);
    private static final Duration GLANCE = Duration.ofMillis(200);
    private static final Duration AFTER_TROUBLE = Duration.ofSeconds(1);
    private static final Duration LONGEST_RETRY = Duration.ofDays(1);

    private final Dispatch dispatch;
    private final MessageStore store;
    private final Courier courier;
    private final Links links;
    private final MailSettings settings;
    private final BusinessClock clock;
    private final TransactionTemplate transaction;
    private final long start;
    /** What became of messages and is not yet written down: at most the one sent last. */
    private final List<Ending> endings = new ArrayList<>();

    private @Nullable SmtpConnection connection;
    private boolean unreachable;

    Sender(
            Dispatch dispatch,
            MessageStore store,
            Courier courier,
            Links links,
            MailSettings settings,
            BusinessClock clock,
            TransactionTemplate transaction,
            long start) {
        this.dispatch = dispatch;
        this.store = store;
        this.courier = courier;
        this.links = links;
        this.settings = settings;
        this.clock = clock;
        this.transaction = transaction;
        this.start = start;
    }

    /** Rolls back what was taken for a message that turns out to go nowhere. */
    private static final class NotToBeSent extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final String reason;
        private final @Nullable String detail;

        private NotToBeSent(String reason, @Nullable String detail) {
            super(reason, null, false, false);
            this.reason = reason;
            this.detail = detail;
        }
    }

    @Override
    public void run() {
        try {
            while (dispatch.isRunning()) step();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            writeDownPatiently();
            disconnect();
        }
    }

    private void step() throws InterruptedException {
        var parcel = dispatch.next(endings.isEmpty() ? GLANCE : Duration.ZERO);
        if (parcel == null) {
            if (!endings.isEmpty()) writeDownPatiently();
            return;
        }
        try {
            send(parcel);
        } catch (DataAccessException | TransactionException e) {
            LOG.warn("the outbox cannot be written, trying again: {}", e.getMessage());
            writeDownPatiently();
        } catch (RuntimeException | Error e) {
            LOG.error("message {} could not be prepared", parcel.message().messageId(), e);
            writeDownPatiently();
            dispatch.pause(AFTER_TROUBLE);
        } finally {
            dispatch.release(parcel);
        }
    }

    private void send(Dispatch.Parcel parcel) {
        var message = parcel.message();
        var recipient = parcel.recipient();
        var address = recipient == null ? null : recipient.address();
        if (recipient == null || address == null) {
            skip(message, "no_address", null);
            return;
        }
        // Fetched before the mail server refused us, or beside the one that is tried.
        if (dispatch.isHeld() && !parcel.trial()) return;
        if (!connect()) return;
        var unsubscribe = links.unsubscribeUrl(message.messageId());
        var begun = begin(message, recipient, address, unsubscribe);
        if (begun != null) endings.add(handOver(message, address, begun, unsubscribe));
    }

    /** What to hand over of a message that is now marked as being sent; nothing when it is not to be sent now. */
    private Courier.Written.@Nullable Complete begin(
            DueMessage message, Courier.Recipient recipient, Courier.Address address, String unsubscribe) {
        var at = clock.instant();
        boolean known = false;
        try {
            var begun = transaction.execute(status -> {
                writeDown();
                if (!store.claim(message)) return null;
                if (!at.isBefore(message.run().expiresAt())) throw new NotToBeSent("expired", null);
                // It was open when the message was fetched; a slow mail server may have taken long since.
                var opening = dispatch.opening(message.run(), at);
                if (opening.isAfter(at)) {
                    store.postpone(message, opening);
                    return null;
                }
                switch (courier.take(message, address)) {
                    case Courier.Verdict.Granted granted -> {}
                    case Courier.Verdict.Refused refused -> throw new NotToBeSent(refused.reason(), null);
                    case Courier.Verdict.AddressChanged changed -> {
                        // It stays due: the outbox is read again, with the address of then.
                        return null;
                    }
                    case Courier.Verdict.Later later -> {
                        store.postpone(message, later.notBefore());
                        return null;
                    }
                }
                var written = written(message, recipient, coupon(message), unsubscribe);
                store.begin(message, address.hash(), start, at);
                return written;
            });
            known = true;
            endings.clear();
            return begun;
        } catch (NotToBeSent no) {
            known = true;
            skip(message, no.reason, no.detail);
            return null;
        } finally {
            // Nobody knows whether that commit took place; but the mail was not handed over.
            if (!known) endings.add(Ending.deferred(message, "not_begun", "the outbox could not be written", at, at));
        }
    }

    private @Nullable String coupon(DueMessage message) {
        var offer = message.run().offerId();
        if (offer == null) return null;
        return switch (courier.coupon(offer, message)) {
            case CouponCode.Given given -> given.code();
            case CouponCode.None none -> throw new NotToBeSent(none.reason().code(), null);
        };
    }

    private Courier.Written.Complete written(
            DueMessage message, Courier.Recipient recipient, @Nullable String coupon, String unsubscribe) {
        try {
            return switch (courier.write(message, recipient, coupon, unsubscribe)) {
                case Courier.Written.Complete complete -> complete;
                case Courier.Written.Lacking lacking ->
                    throw new NotToBeSent("template_missing_value", String.join(", ", lacking.places()));
            };
        } catch (DataAccessException | NotToBeSent e) {
            throw e;
        } catch (RuntimeException | StackOverflowError e) {
            LOG.error("template {} cannot be made out", message.run().templateId(), e);
            throw new NotToBeSent("template_error", String.valueOf(e.getMessage()));
        }
    }

    private Ending handOver(
            DueMessage message, Courier.Address address, Courier.Written.Complete written, String unsubscribe) {
        Mail mail;
        try {
            mail = mail(message, address.email(), written, unsubscribe);
        } catch (RuntimeException | Error e) {
            LOG.error("message {} could not be written", message.messageId(), e);
            return retryOrFail(message, "could_not_be_written", String.valueOf(e.getMessage()));
        }
        var end = handOverOrDoubt(message, mail);
        if (end instanceof Handover.Refused refused && refused.isOfOurSetUp()) {
            var reason = refused.isSignIn() ? MailServer.Reason.SIGN_IN_REFUSED : MailServer.Reason.SENDER_REFUSED;
            var at = clock.instant();
            dispatch.refused(reason, refused.detail());
            return Ending.excused(message, reason.code(), refused.detail(), at, at.plus(settings.firstRetry()));
        }
        if (end instanceof Handover.Accepted || end instanceof Handover.Refused || end instanceof Handover.Postponed)
            dispatch.heard();
        return switch (end) {
            case Handover.Accepted accepted -> Ending.sent(message, accepted.detail(), clock.instant());
            case Handover.Refused refused ->
                Ending.failed(
                        message,
                        refused.addressIsDead() ? "address_refused" : refusedReason(refused.stage()),
                        refused.detail(),
                        clock.instant(),
                        refused.addressIsDead() ? address : null);
            case Handover.Postponed postponed -> retryOrFail(message, "refused_for_now", postponed.detail());
            case Handover.Unsent unsent -> retryOrFail(message, "connection_lost", unsent.detail());
            case Handover.Undecided undecided ->
                Ending.inDoubt(message, "no_answer", undecided.detail(), clock.instant());
        };
    }

    /** Where the handing over broke off is not known then: the mail may be on its way. */
    private Handover handOverOrDoubt(DueMessage message, Mail mail) {
        try {
            return handOver(mail);
        } catch (RuntimeException | Error e) {
            LOG.error("message {} was broken off while it was handed over", message.messageId(), e);
            disconnect();
            return new Handover.Undecided(String.valueOf(e));
        }
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
        var id = "%016x.%016x@%s".formatted(message.decisionId(), message.messageId(), domain(settings.from()));
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

    private Ending retryOrFail(DueMessage message, String reason, String detail) {
        var now = clock.instant();
        int tried = message.attempts() - message.excused();
        if (tried >= settings.retries()) return Ending.failed(message, "gave_up", detail, now, null);
        return Ending.deferred(message, reason, detail, now, now.plus(wait(tried)));
    }

    private Duration wait(int attempts) {
        var wait = settings.firstRetry();
        for (int n = 0; n < attempts && wait.compareTo(LONGEST_RETRY) < 0; n++) wait = wait.multipliedBy(2);
        return wait.compareTo(LONGEST_RETRY) < 0 ? wait : LONGEST_RETRY;
    }

    private void skip(DueMessage message, String reason, @Nullable String detail) {
        transaction.executeWithoutResult(status -> {
            writeDown();
            if (store.skip(message, reason, detail, clock.instant())) courier.giveBack(message.messageId());
        });
        endings.clear();
    }

    /** In the caller's transaction; whoever commits it clears the list. */
    private void writeDown() {
        for (var ending : endings) {
            var state = store.end(ending).orElse(null);
            if (state != MessageState.FAILED && state != MessageState.SKIPPED) continue;
            courier.giveBack(ending.message().messageId());
            var dead = ending.deadAddress();
            if (dead != null) courier.suppress(ending.message(), dead);
        }
    }

    /** Tries until it is written down: what is not would be in doubt after the next start. */
    private void writeDownPatiently() {
        var waited = Duration.ZERO;
        while (!endings.isEmpty()) {
            try {
                transaction.executeWithoutResult(status -> writeDown());
                endings.clear();
            } catch (RuntimeException | Error e) {
                LOG.warn("what became of a message cannot be written down, trying again: {}", e.getMessage());
                if (!dispatch.isRunning() && waited.compareTo(Duration.ofSeconds(10)) > 0) return;
                dispatch.pause(AFTER_TROUBLE);
                waited = waited.plus(AFTER_TROUBLE);
            }
        }
    }

    private boolean connect() {
        var current = connection;
        if (current != null && current.isUsable()) return true;
        disconnect();
        try {
            connection = SmtpConnection.open(settings);
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
            writeDownPatiently();
            dispatch.pause(AFTER_TROUBLE);
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

    private static String domain(String from) {
        var address = from.replaceAll(".*<|>.*", "").strip();
        return address.substring(address.indexOf('@') + 1).toLowerCase(Locale.ROOT);
    }
}
