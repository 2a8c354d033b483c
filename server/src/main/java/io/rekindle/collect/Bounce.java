package io.rekindle.collect;

import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/**
 * What an event {@link #EVENT} says of the mailbox, by its property {@code bounce_type} or {@code bounceType} in the words of
 * mail providers, whatever their case and what stands between them.
 */
public enum Bounce {
    /** It does not exist or refuses for good. */
    FOR_GOOD,
    /** It refused one message, or this one for now. */
    FOR_NOW,
    /** Neither is said. */
    UNSAID;

    /** A message came back. */
    public static final String EVENT = "Email Bounced";

    private static final List<String> OF_NOW = List.of(
            "soft",
            "transient",
            "temporar",
            "nonpermanent",
            "notpermanent",
            "delay",
            "defer",
            "full",
            "quota",
            "greylist",
            "throttl",
            "autorespon",
            "outofoffice",
            "软退",
            "暂时",
            "临时");
    private static final List<String> OF_GOOD = List.of("hard", "permanent", "硬退", "永久");

    /** What the properties of the event say. */
    public static Bounce of(JsonNode properties) {
        var letters = type(properties).replaceAll("[^\\p{L}]", "");
        if (OF_NOW.stream().anyMatch(letters::contains)) return FOR_NOW;
        return OF_GOOD.stream().anyMatch(letters::contains) ? FOR_GOOD : UNSAID;
    }

    /** What the sender of the event calls it, in small letters; empty when it does not say. */
    public static String type(JsonNode properties) {
        var type = properties.path("bounce_type").asString("");
        return (type.isBlank() ? properties.path("bounceType").asString("") : type).toLowerCase(Locale.ROOT);
    }
}
