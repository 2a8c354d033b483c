package io.rekindle.deliver;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** What stands between us and the mail server. */
public interface MailServer {
    /** Why nothing is handed over at present: the mail server refuses us, whoever is written to. */
    Optional<Hold> hold();

    /**
     * Sending has stopped. Nothing fails meanwhile: messages wait, and one is tried now and then until the mail server
     * takes it.
     *
     * @param reason what is refused
     * @param reply what the mail server said last, without addresses
     * @param refusals how often in a row
     * @param since when it was refused for the first time
     * @param nextTry when it is tried again
     */
    record Hold(Reason reason, String reply, int refusals, Instant since, Instant nextTry) {}

    /** What a mail server can refuse of ours. */
    enum Reason {
        /** The sender, {@code rekindle.mail.from}. */
        SENDER_REFUSED,
        /** User and password, or that there are none. */
        SIGN_IN_REFUSED;

        @JsonValue
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
