package io.rekindle.deliver.smtp;

/** How handing over one mail ended, as far as this side can know. */
public sealed interface Handover {
    /** What the mail server said, or what broke, in one line. */
    String detail();

    /** The mail server took it (250 after the final dot). */
    record Accepted(String detail) implements Handover {}

    /**
     * Refused for good (5xx).
     *
     * @param stage what was refused
     * @param code the reply code
     */
    record Refused(Stage stage, int code, String detail) implements Handover {
        /** Whether the recipient's address is what is wrong, so that it must not be written to again. */
        public boolean addressIsDead() {
            if (stage != Stage.RECIPIENT) return false;
            // RFC 3463: 5.1.x is a bad address, 5.2.1 a mailbox that is disabled; a full mailbox or a policy is
            // neither.
            var enhanced = EnhancedStatus.in(detail);
            return !isSignIn()
                    && enhanced.map(status -> status.startsWith("5.1.") || status.equals("5.2.1"))
                            .orElse(code == 550 || code == 551 || code == 553);
        }

        /**
         * Whether it is our own set-up that is refused, so that it would be so for every recipient: the sender (but not for
         * the size of its mail, RFC 1870), or that we have not signed in as the mail server wants (RFC 4954, 6).
         */
        public boolean isOfOurSetUp() {
            return isSignIn() || (stage == Stage.SENDER && code != 552);
        }

        /** Whether the mail server wants us to sign in, or otherwise than we do. */
        public boolean isSignIn() {
            return code == 530 || code == 534 || code == 535 || code == 538;
        }
    }

    /** Refused for now (4xx). */
    record Postponed(Stage stage, int code, String detail) implements Handover {}

    /** The connection broke before the final dot: the mail server cannot have taken it (RFC 5321, 4.1.1.4). */
    record Unsent(String detail) implements Handover {}

    /** The connection broke after the final dot and before the answer: it may have arrived or not. */
    record Undecided(String detail) implements Handover {}

    /** The step of the dialogue a reply belongs to. */
    enum Stage {
        SENDER,
        RECIPIENT,
        MESSAGE
    }
}
