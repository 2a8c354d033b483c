package io.rekindle.deliver.smtp;

import java.util.Optional;
import java.util.regex.Pattern;

/** The status code of RFC 3463 that follows the reply code, e.g. {@code 5.1.1}. */
final class EnhancedStatus {
    private static final Pattern PLACE = Pattern.compile("^[245]\\d\\d[ -]([245]\\.\\d{1,3}\\.\\d{1,3})\\b");

    private EnhancedStatus() {}

    static Optional<String> in(String reply) {
        var matcher = PLACE.matcher(reply);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}
