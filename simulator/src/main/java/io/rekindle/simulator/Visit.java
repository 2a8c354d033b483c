package io.rekindle.simulator;

/** Something that mail makes people and machines do on the web. */
sealed interface Visit {
    int customer();

    /** Who comes by; each kind shows itself with another user agent. */
    enum Visitor {
        READER,
        SCANNER,
        PRIVACY_PROXY
    }

    /** A picture is loaded. */
    record LoadPicture(int customer, String address, Visitor visitor) implements Visit {}

    /** A link is followed. */
    record FollowLink(int customer, String address, Visitor visitor) implements Visit {}

    /** The mail program's own unsubscribe button: RFC 8058. */
    record UnsubscribeWithOneClick(int customer, String address) implements Visit {}

    /** The link in the mail, and the button on the page behind it. */
    record UnsubscribeOnPage(int customer, String address) implements Visit {}
}
