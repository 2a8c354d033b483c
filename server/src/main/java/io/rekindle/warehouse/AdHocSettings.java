package io.rekindle.warehouse;

import io.rekindle.platform.Carriers;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Questions somebody waits for.
 *
 * @param patience longest a statement of such a question may run, and longest a question waits for its turn
 * @param atOnce most such questions answered at once
 */
@ConfigurationProperties("rekindle.ad-hoc")
public record AdHocSettings(
        @DefaultValue("30s") Duration patience,
        @DefaultValue("4") int atOnce) {
    public AdHocSettings {
        if (patience.compareTo(Duration.ofSeconds(1)) < 0)
            throw new IllegalArgumentException("rekindle.ad-hoc.patience is %s; it is at least 1s".formatted(patience));
        if (atOnce < 1)
            throw new IllegalArgumentException("rekindle.ad-hoc.at-once is %d; it is at least 1".formatted(atOnce));
        if (atOnce > Carriers.mostKept())
            throw new IllegalArgumentException(
                    "rekindle.ad-hoc.at-once is %d; here it is at most %d, for others to have room"
                            .formatted(atOnce, Carriers.mostKept()));
    }
}
