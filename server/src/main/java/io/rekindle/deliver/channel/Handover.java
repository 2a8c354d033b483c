package io.rekindle.deliver.channel;

/** How handing over one message ended, as far as this side can know. */
public sealed interface Handover {
    /** What the provider said, or what broke, in one line without addresses. */
    String detail();

    /** The provider took it. */
    record Accepted(String detail) implements Handover {}

    /** Refused for good. */
    record Refused(Refusal refusal, String detail) implements Handover {}

    /** Refused for now. */
    record Postponed(String detail) implements Handover {}

    /** The provider certainly did not take it: the connection broke before it could have. */
    record Unsent(String detail) implements Handover {}

    /** No answer was heard after the whole of it was said: it may have arrived or not. */
    record Undecided(String detail) implements Handover {}
}
