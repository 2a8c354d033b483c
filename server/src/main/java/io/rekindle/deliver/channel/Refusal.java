package io.rekindle.deliver.channel;

/** What a provider refuses. */
public enum Refusal {
    /** The recipient's address is dead or never was one: it must not be written to again. */
    ADDRESS,
    /** This recipient, though the address may be good: a full mailbox, a policy of theirs. */
    RECIPIENT,
    /** What the message says, or how it is made. */
    MESSAGE,
    /** Us as the sender, whoever is written to. */
    SENDER,
    /** Our name and password, key or certificate, whoever is written to. */
    SIGN_IN;

    /** Whether it is our own set-up that is refused, so that it would be so for every recipient. */
    public boolean isOfOurSetUp() {
        return this == SENDER || this == SIGN_IN;
    }
}
