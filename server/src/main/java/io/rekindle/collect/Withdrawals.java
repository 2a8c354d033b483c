package io.rekindle.collect;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Which calls say that somebody is not to be written to any more: whatever else is wrong with them, they are heard. */
public final class Withdrawals {
    /** Somebody wants nothing more of a channel or a topic. */
    public static final String UNSUBSCRIBED = "Unsubscribed";

    /** Somebody called a mail spam. */
    public static final String SPAM = "Email Marked as Spam";

    private Withdrawals() {}

    /**
     * Whether a call is one: an unsubscription, a complaint, a bounce for good, or a no in the trait {@code consent}.
     *
     * @param said properties or traits, without what is personal
     * @param personal what was put aside of them, by path
     */
    public static boolean isOne(EventType type, @Nullable String name, JsonNode said, Map<String, String> personal) {
        if (type == EventType.IDENTIFY)
            return ConsentWords.said(ConsentWords.trait(said, personal)).stream()
                    .anyMatch(one -> !one.granted());
        if (type != EventType.TRACK || name == null) return false;
        return switch (name) {
            case UNSUBSCRIBED, SPAM -> true;
            case Bounce.EVENT -> Bounce.of(said) == Bounce.FOR_GOOD;
            default -> false;
        };
    }
}
