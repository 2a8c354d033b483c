package io.rekindle.deliver;

import io.rekindle.consent.Permissions;

/** What the log is told of a message's life, by channel: {@code Email Delivered}, {@code SMS Link Clicked}. */
public enum LifecycleEvent {
    DELIVERED("Delivered"),
    BOUNCED("Bounced"),
    OPENED("Opened"),
    LINK_CLICKED("Link Clicked");

    private final String words;

    LifecycleEvent(String words) {
        this.words = words;
    }

    /** The event's name, as other products call it. */
    public String of(String channel) {
        return switch (channel) {
                    case Permissions.EMAIL -> "Email ";
                    case Permissions.SMS -> "SMS ";
                    default -> "Message ";
                }
                + words;
    }
}
