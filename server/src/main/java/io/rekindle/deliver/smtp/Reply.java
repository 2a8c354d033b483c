package io.rekindle.deliver.smtp;

import io.rekindle.deliver.channel.Handover;
import io.rekindle.deliver.channel.Refusal;
import jakarta.mail.MessagingException;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.jspecify.annotations.Nullable;

/**
 * A mail server's no.
 *
 * @param stage the step of the dialogue it belongs to
 * @param code the reply code
 * @param line what it said, without addresses
 */
record Reply(Stage stage, int code, String line) {
    enum Stage {
        SENDER,
        RECIPIENT,
        MESSAGE
    }

    /** The reply a failure tells of; null when it tells of none: the connection broke. */
    static @Nullable Reply in(Exception failure) {
        for (Throwable e = failure; e != null; e = next(e)) {
            if (e instanceof SMTPAddressFailedException address && address.getReturnCode() > 0)
                return of(Stage.RECIPIENT, address.getReturnCode(), address);
            if (e instanceof SMTPSendFailedException send && send.getReturnCode() > 0)
                return of(
                        send.getCommand().startsWith("MAIL") ? Stage.SENDER : Stage.MESSAGE,
                        send.getReturnCode(),
                        send);
        }
        return null;
    }

    private static Reply of(Stage stage, int code, MessagingException e) {
        return new Reply(stage, code, SmtpConnection.line(String.valueOf(e.getMessage())));
    }

    private static @Nullable Throwable next(Throwable e) {
        return e instanceof MessagingException mail && mail.getNextException() != null
                ? mail.getNextException()
                : e.getCause();
    }

    /** Any code but 5xx where 2xx or 3xx was due is a no for now, a server that speaks something else too. */
    Handover handover() {
        return code >= 500 ? new Handover.Refused(refusal(), line) : new Handover.Postponed(line);
    }

    private Refusal refusal() {
        // RFC 4954, 6: the mail server wants us to sign in, or otherwise than we do.
        if (code == 530 || code == 534 || code == 535 || code == 538) return Refusal.SIGN_IN;
        return switch (stage) {
            // Not for the size of its mail, RFC 1870.
            case SENDER -> code == 552 ? Refusal.MESSAGE : Refusal.SENDER;
            case RECIPIENT -> isAddressDead() ? Refusal.ADDRESS : Refusal.RECIPIENT;
            case MESSAGE -> Refusal.MESSAGE;
        };
    }

    /**
     * RFC 3463: 5.1.x is a bad address, 5.2.1 a mailbox that is disabled; a full mailbox or a policy is neither.
     */
    private boolean isAddressDead() {
        return EnhancedStatus.in(line)
                .map(status -> status.startsWith("5.1.") || status.equals("5.2.1"))
                .orElse(code == 550 || code == 551 || code == 553);
    }
}
