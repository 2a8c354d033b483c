package io.rekindle.deliver.receipts;

import io.rekindle.deliver.smtp.SmtpConnection;
import jakarta.mail.BodyPart;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetHeaders;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import org.eclipse.angus.mail.dsn.DeliveryStatus;
import org.jspecify.annotations.Nullable;

/** What a mail says that came back. */
sealed interface ReturnedMail {
    /**
     * Some mail server could not deliver (RFC 3464).
     *
     * @param status the status code of RFC 3463, such as {@code 5.1.1}
     * @param diagnostic what that server said, without addresses
     */
    record Failed(String status, String diagnostic) implements ReturnedMail {
        /** Whether the address must not be written to again: a bad mailbox or one that is disabled. */
        boolean isForGood() {
            return status.startsWith("5.1.") || status.equals("5.2.1");
        }
    }

    /** It is late, and tried again by others; nothing is lost yet. */
    record Delayed() implements ReturnedMail {}

    /**
     * Somebody called it spam (RFC 5965).
     *
     * @param unsubscribe the address of one-click unsubscribing the mail had: it tells which mail it was
     */
    record Complaint(String type, @Nullable String unsubscribe) implements ReturnedMail {}

    /** A robot's answer (RFC 3834): an absence, a receipt of reading. */
    record Automatic() implements ReturnedMail {}

    /** Anything else: a person's answer perhaps. */
    record Other() implements ReturnedMail {}

    /**
     * Reads a mail; one that is no mail, or broken, says nothing.
     *
     * @throws IOException when the mail does not come to its end
     */
    static ReturnedMail read(InputStream data) throws IOException {
        var whole = data.readAllBytes();
        try {
            return read(new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(whole)));
        } catch (MessagingException | IOException | RuntimeException broken) {
            return new Other();
        }
    }

    private static ReturnedMail read(MimeMessage mail) throws MessagingException, IOException {
        var status = part(mail, "message/delivery-status", 0);
        if (status.isPresent()) return ofStatus(new DeliveryStatus(status.get().getInputStream()));
        var report = part(mail, "message/feedback-report", 0);
        if (report.isPresent())
            return complaint(mail, new InternetHeaders(report.get().getInputStream()));
        var automatic = mail.getHeader("Auto-Submitted", null);
        return automatic != null && !automatic.strip().toLowerCase(Locale.ROOT).startsWith("no")
                ? new Automatic()
                : new Other();
    }

    private static ReturnedMail ofStatus(DeliveryStatus status) throws MessagingException {
        boolean isDelayed = false;
        for (int i = 0; i < status.getRecipientDSNCount(); i++) {
            var recipient = status.getRecipientDSN(i);
            var action = word(recipient, "Action");
            if (action.equals("failed")) {
                var diagnostic = recipient.getHeader("Diagnostic-Code", " ");
                return new Failed(
                        word(recipient, "Status").replaceAll("[^0-9.].*", ""),
                        SmtpConnection.line(diagnostic == null ? "" : diagnostic));
            }
            isDelayed |= action.equals("delayed");
        }
        return isDelayed ? new Delayed() : new Automatic();
    }

    private static ReturnedMail complaint(MimeMessage mail, InternetHeaders report)
            throws MessagingException, IOException {
        var original = part(mail, "message/rfc822", 0);
        if (original.isEmpty()) original = part(mail, "text/rfc822-headers", 0);
        String unsubscribe = null;
        if (original.isPresent()) {
            var headers = new InternetHeaders(original.get().getInputStream());
            unsubscribe = headers.getHeader("List-Unsubscribe", ",");
        }
        var type = word(report, "Feedback-Type");
        return type.equals("abuse") || type.equals("fraud") || type.equals("virus")
                ? new Complaint(type, unsubscribe)
                : new Other();
    }

    private static String word(InternetHeaders headers, String name) {
        var value = headers.getHeader(name, null);
        return value == null ? "" : value.strip().toLowerCase(Locale.ROOT);
    }

    /** The first part of a type, the outermost of them; what lies deeper than a mail lies is not looked at. */
    private static Optional<Part> part(Part within, String type, int depth) throws MessagingException, IOException {
        if (depth > 0 && within.isMimeType(type)) return Optional.of(within);
        if (depth > 3 || !within.isMimeType("multipart/*") || !(within.getContent() instanceof Multipart parts))
            return Optional.empty();
        for (int i = 0; i < Math.min(parts.getCount(), 20); i++) {
            BodyPart inner = parts.getBodyPart(i);
            var found = part(inner, type, depth + 1);
            if (found.isPresent()) return found;
        }
        return Optional.empty();
    }
}
