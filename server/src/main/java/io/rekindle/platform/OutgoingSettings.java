package io.rekindle.platform;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where the server may connect to when an address was given by a user.
 *
 * @param allowed networks of this company that are allowed although they are not the public internet, e.g.
 *     {@code 10.1.0.0/16} or {@code 192.168.7.4}
 * @param patience how long to wait for a connection, and for each part of an answer
 */
@ConfigurationProperties("rekindle.outgoing")
public record OutgoingSettings(
        @Nullable List<String> allowed, @DefaultValue("10s") Duration patience) {
    public OutgoingSettings {
        if (patience.compareTo(Duration.ofMillis(100)) < 0 || patience.compareTo(Duration.ofMinutes(2)) > 0)
            throw new IllegalArgumentException(
                    "rekindle.outgoing.patience is %s; it needs 100ms to 2m".formatted(patience));
        if (allowed != null) allowed.forEach(AddressRange::parse);
    }

    List<AddressRange> ranges() {
        return allowed == null
                ? List.of()
                : allowed.stream().map(AddressRange::parse).toList();
    }
}
