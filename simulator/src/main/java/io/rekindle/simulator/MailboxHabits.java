package io.rekindle.simulator;

/** What mail servers answer for each address. */
@FunctionalInterface
public interface MailboxHabits {
    /** What a mail server says when it is told a recipient. */
    enum Answer {
        /** 250: hand the mail over. */
        ACCEPT,
        /** 550 5.1.1: nobody here by that name, and there never will be. */
        UNKNOWN_USER,
        /** 451 4.7.1: not now, try again later. */
        TRY_LATER
    }

    /**
     * The answer for a recipient.
     *
     * @param recipient the address in lower case
     * @param triedBefore how often it was told {@link Answer#TRY_LATER} before
     */
    Answer answer(String recipient, int triedBefore);

    /** Everybody takes everything at once. */
    static MailboxHabits acceptAll() {
        return (recipient, triedBefore) -> Answer.ACCEPT;
    }
}
