package io.rekindle.collect.log;

import io.rekindle.collect.Identifier;
import io.rekindle.common.CustomerId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The column {@code events.aliases}: types of all identifiers, strongest first, with the id of each but the first, which
 * is the event's customer. {@code user_id email:-42} reads: the customer is a user id; the e-mail address is -42.
 */
public final class IdentifierText {
    private static final int ROOM_EACH = 40;

    private IdentifierText() {}

    public static @Nullable String write(List<Identifier> identifiers) {
        if (identifiers.isEmpty()) return null;
        if (identifiers.size() == 1) return identifiers.getFirst().type().code();
        var text = new StringBuilder(ROOM_EACH * identifiers.size())
                .append(identifiers.getFirst().type().code());
        for (var other : identifiers.subList(1, identifiers.size()))
            text.append(' ')
                    .append(other.type().code())
                    .append(':')
                    .append(other.id().value());
        return text.toString();
    }

    public static List<Identifier> read(@Nullable String text, CustomerId customer) {
        if (text == null) return List.of();
        return Identifier.ofLog(text, customer);
    }
}
