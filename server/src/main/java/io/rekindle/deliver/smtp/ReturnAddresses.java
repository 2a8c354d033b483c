package io.rekindle.deliver.smtp;

import io.rekindle.deliver.links.Tokens;
import java.util.Locale;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * The address each mail comes back to (variable envelope return path): it names the message and is signed, so that nobody
 * can send back what was not sent to them.
 */
@Component
public class ReturnAddresses {
    /** Where receivers send reports of complaints. */
    public static final String COMPLAINTS = "complaints";

    private static final String BOUNCE = "b-";

    private final Tokens tokens;
    private final ReturnSettings settings;

    public ReturnAddresses(Tokens tokens, ReturnSettings settings) {
        this.tokens = tokens;
        this.settings = settings;
    }

    /** Of a message; empty when mail comes back to the sender. */
    public Optional<String> of(long messageId) {
        return Optional.ofNullable(settings.domain())
                .map(domain -> BOUNCE + tokens.returned(messageId) + "@" + domain.toLowerCase(Locale.ROOT));
    }

    /** The message an address is of, whatever the case of its letters; empty when it is none of ours. */
    public Optional<Long> message(String address) {
        var small = address.strip().toLowerCase(Locale.ROOT);
        return isOurs(small) && small.startsWith(BOUNCE)
                ? tokens.readReturned(small.substring(BOUNCE.length(), small.indexOf('@')))
                : Optional.empty();
    }

    /** Whether it is the address for complaints. */
    public boolean isForComplaints(String address) {
        var small = address.strip().toLowerCase(Locale.ROOT);
        return isOurs(small) && small.startsWith(COMPLAINTS + "@");
    }

    private boolean isOurs(String small) {
        var domain = settings.domain();
        return domain != null && small.endsWith("@" + domain.toLowerCase(Locale.ROOT));
    }
}
